extension Tensor {
    /// Each element of (..., C), times its channel's slope (C) where it is negative.
    public func prelu(_ slope: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        precondition(slope.count == columns, "slopes of \(slope.shape) do not fit \(shape)")
        return eachChannel { x, c in x < 0 ? x * slope.pointer[c] : x }
            .recorded(from: self, slope) { [x = detached(), slope = slope.detached()] dy in
                let negative = x.eachChannel { x, _ in min(x, 0) }
                return [
                    dy * x.eachChannel { x, c in x < 0 ? slope.pointer[c] : 1 },
                    (dy * negative).sumOfRows().reshaped(slope.shape),
                ]
            }
    }

    /// `transform` of each element and its channel, without history.
    private func eachChannel(_ transform: (Float, Int) -> Float) -> Tensor {
        let (_, columns) = rowsAndColumns
        return Tensor.rowwise(shape) { rows, y in
            let x = pointer + rows.lowerBound * columns
            for i in 0..<rows.count {
                for c in 0..<columns { y[i * columns + c] = transform(x[i * columns + c], c) }
            }
        }
    }
}
