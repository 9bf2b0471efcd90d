import Kernels

extension Tensor {
    /// e to the power of each element.
    public func exp() -> Tensor {
        let y = Tensor.elementwise(shape) { range, y in pk_exp(pointer + range.lowerBound, y, range.count) }
        return y.recorded(from: self) { dy in [dy * y] }
    }

    /// Each element, or the nearer end of `range` where it lies outside; no gradient flows there.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        mapped { min(max($0, range.lowerBound), range.upperBound) }
            .recorded(from: self) { [x = detached()] dy in
                [dy * x.mapped { range.contains($0) ? 1 : 0 }]
            }
    }

    /// `transform` of each element, without history.
    func mapped(_ transform: (Float) -> Float) -> Tensor {
        Tensor.elementwise(shape) { range, y in
            for (i, j) in range.enumerated() { y[i] = transform(pointer[j]) }
        }
    }
}
