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

/// How much each of `count` pixels counts for each of `newCount`, (newCount, count); in 32-bit floats as the reference.
private func bilinearWeights(from count: Int, to newCount: Int, alignCorners: Bool) -> Tensor {
    var weights = [Float](repeating: 0, count: newCount * count)
    let aligned = newCount > 1 ? Float(count - 1) / Float(newCount - 1) : 0
    let scale = alignCorners ? aligned : Float(count) / Float(newCount)
    for i in 0..<newCount {
        let position = alignCorners ? scale * Float(i) : max(0, scale * (Float(i) + 0.5) - 0.5)
        let first = min(Int(position), count - 1)
        let second = min(first + 1, count - 1)
        let share = position - Float(first)
        weights[i * count + first] += 1 - share
        weights[i * count + second] += share
    }
    return Tensor(weights, shape: [newCount, count])
}
