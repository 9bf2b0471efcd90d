import Kernels

extension Tensor {
    /// x (..., in) weightᵀ + bias, with weight (out, in) and bias (out) -> (..., out).
    public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
        let (rows, k) = rowsAndColumns
        let n = weight.shape[0]
        precondition(weight.count == n * k, "a weight of \(weight.shape) does not fit \(shape)")
        let y = Tensor(shape.dropLast() + [n]) { y in
            linearForward(rows: rows, n: n, k: k, x: pointer, weight: weight.pointer, bias: bias?.pointer, y: y)
        }
        let inputs = [self, weight] + (bias.map { [$0] } ?? [])
        let wants = inputs.map(\.needsGradient)
        return y.recorded(from: inputs) { [x = detached(), weight = weight.detached()] dy in
            [
                wants[0] ? dy.linearInputGradient(weight, shape: x.shape) : nil,
                wants[1] ? dy.linearWeightGradient(x, shape: weight.shape) : nil,
                wants.last == true ? dy.sumOfRows() : nil,
            ]
        }
    }

    /// dx = dy weight, without history.
    private func linearInputGradient(_ weight: Tensor, shape: [Int]) -> Tensor {
        let (rows, n) = rowsAndColumns
        let k = weight.count / n
        return Tensor(shape) { dx in
            gemm(rows, k, n, Matrix(pointer, stride: n), Matrix(weight.pointer, stride: k), dx, stride: k)
        }
    }

    /// dweight = dyᵀ x, without history.
    private func linearWeightGradient(_ x: Tensor, shape: [Int]) -> Tensor {
        let (rows, n) = rowsAndColumns
        let k = x.rowsAndColumns.columns
        return Tensor(shape) { dw in
            gemm(n, k, rows, Matrix(pointer, stride: n, transposed: true), Matrix(x.pointer, stride: k), dw, stride: k)
        }
    }
}
