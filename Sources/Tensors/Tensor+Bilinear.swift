import Kernels

extension Tensor {
    /// torch.nn.functional.interpolate(mode: "bilinear", antialias: false) over (B, C, H, W) -> (B, C, height, width).
    ///
    /// Two matrix products, one for each side, so that gradients need nothing of their own.
    ///
    /// - Parameter alignCorners: the middles of the corner pixels lie on each other, else the pictures' edges do
    public func resizedBilinear(height: Int, width: Int, alignCorners: Bool) -> Tensor {
        let (B, C, H, W) = shape4
        let wide = linear(bilinearWeights(from: W, to: width, alignCorners: alignCorners))
        let tall = wide.reshaped([B * C, H, width]).transposed()
            .linear(bilinearWeights(from: H, to: height, alignCorners: alignCorners))
        return tall.transposed().reshaped([B, C, height, width])
    }
}

/// How much each of `count` pixels counts for each of `newCount`, (newCount, count).
private func bilinearWeights(from count: Int, to newCount: Int, alignCorners: Bool) -> Tensor {
    var weights = [Float](repeating: 0, count: newCount * count)
    for i in 0..<newCount {
        let tap = LinearTap(i, from: count, to: newCount, alignCorners: alignCorners)
        weights[i * count + tap.first] += 1 - tap.share
        weights[i * count + tap.second] += tap.share
    }
    return Tensor(weights, shape: [newCount, count])
}
