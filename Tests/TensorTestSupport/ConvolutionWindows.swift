import Tensors

/// What a convolution with zeros around multiplies: the window of each output pixel, its taps in order and their channels
/// within them.
///
/// - Parameter x: (B, H, W, C)
public func convolutionWindows(_ x: Tensor, kernel: Int, stride step: Int) -> [[Float]] {
    let (B, H, W, C) = x.shape4
    let (pixels, pad) = (x.values, kernel / 2)
    func pixel(_ b: Int, _ y: Int, _ x: Int) -> ArraySlice<Float> {
        guard (0..<H).contains(y), (0..<W).contains(x) else { return ArraySlice(repeating: 0, count: C) }
        let first = ((b * H + y) * W + x) * C
        return pixels[first..<first + C]
    }
    return (0..<B).flatMap { b in
        stride(from: -pad, through: H + pad - kernel, by: step).flatMap { top in
            stride(from: -pad, through: W + pad - kernel, by: step).map { left in
                (top..<top + kernel).flatMap { y in (left..<left + kernel).flatMap { x in pixel(b, y, x) } }
            }
        }
    }
}
