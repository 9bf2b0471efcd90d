extension Tensor {
    /// Each value, moved into `range` if it lies outside; the gradient of those that were moved is 0.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        Tensor.elementwise(shape) { indices, y in
            for (i, j) in indices.enumerated() { y[i] = min(max(pointer[j], range.lowerBound), range.upperBound) }
        }.recorded(from: self) { [x = detached()] dy in
            [
                Tensor.elementwise(x.shape) { indices, dx in
                    for (i, j) in indices.enumerated() { dx[i] = range.contains(x.pointer[j]) ? dy.pointer[j] : 0 }
                }
            ]
        }
    }
}
