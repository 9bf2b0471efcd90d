import Kernels

extension Tensor {
    /// Each element of (..., C), times its channel's slope (C) where it is negative.
    public func prelu(_ slope: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        require(slope.count == columns, "slopes of \(slope.title) do not fit \(title)")
        let (xs, slopes) = (pointer, slope.pointer)
        let y = Tensor.rowwise(shape) { rows, y in
            for (i, row) in rows.enumerated() {
                let (x, y) = (xs + row * columns, y + i * columns)
                for c in 0..<columns { y[c] = x[c] < 0 ? x[c] * slopes[c] : x[c] }
            }
        }
        return y.recorded(from: self, slope) { [x = detached(), slope = slope.detached()] dy in
            [x.preluInputGradient(slope, dy), x.preluSlopeTerms(dy).sumOfRows().reshaped(slope.shape)]
        }
    }

    /// dy, times the slope where x is negative.
    private func preluInputGradient(_ slope: Tensor, _ dy: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        let (xs, dys, slopes) = (pointer, dy.pointer, slope.pointer)
        return Tensor.rowwise(shape) { rows, dx in
            for (i, row) in rows.enumerated() {
                let (x, dy, dx) = (xs + row * columns, dys + row * columns, dx + i * columns)
                for c in 0..<columns { dx[c] = x[c] < 0 ? dy[c] * slopes[c] : dy[c] }
            }
        }
    }

    /// What each element adds to its slope's gradient: dy x where x is negative.
    private func preluSlopeTerms(_ dy: Tensor) -> Tensor {
        let (xs, dys) = (pointer, dy.pointer)
        return Tensor.elementwise(shape) { range, terms in
            let (x, dy) = (xs + range.lowerBound, dys + range.lowerBound)
            for i in 0..<range.count { terms[i] = x[i] < 0 ? dy[i] * x[i] : 0 }
        }
    }
}
