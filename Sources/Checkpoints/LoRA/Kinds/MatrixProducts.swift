import Kernels
import Tensors

extension Tensor {
    /// (m, k) · (k, n) -> (m, n).
    func product(_ other: Tensor) -> Tensor { linear(other.transposed()) }

    /// A core (p, q, ...) between two matrices, of which one goes before its first axis and one behind its second:
    /// D[o, i, ...] = sum over p, q of left[o, p] core[p, q, ...] right[q, i].
    ///
    /// - Parameters:
    ///   - left: (out, p)
    ///   - right: (q, in)
    /// - Returns: (out, in * the rest)
    func tuckerProduct(_ left: Tensor, _ right: Tensor) -> ComputedMatrix {
        let (p, q) = (shape[0], shape[1])
        let taps = shape.dropFirst(2).reduce(1, *)
        let columns = right.shape[1]
        // (p, taps, q) -> (p, taps, in) -> (p, in, taps)
        let inner = reshaped([p, q, taps]).transposed().linear(right.transposed()).transposed()
        return .product(left.asStored, inner.reshaped([p, columns * taps]).asStored)
    }
}
