import Kernels

extension Tensor {
    /// x (..., in) weightᵀ + bias, with weight (out, in) and bias (out) -> (..., out), forward and back in the precision of
    /// the calling scope.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
        let (rows, k) = rowsAndColumns
        let n = weight.shape[0]
        require(
            weight.count == n * k && (bias?.count ?? n) == n,
            "a weight of \(weight.title) does not fit \(title)"
        )
        let precision = ComputeSettings.current.precision
        let y = Tensor(shape.dropLast() + [n]) { y in
            linearForward(
                rows: rows,
                n: n,
                k: k,
                x: pointer,
                weight: weight.storage.elements,
                bias: bias?.pointer,
                y: y,
                precision: precision
            )
        }
        let inputs = [self, weight] + (bias.map { [$0] } ?? [])
        let wants = inputs.map(\.needsGradient)
        return y.recorded(from: inputs) { [x = detached(), weight = weight.detached()] dy in
            zip(wants, 0...).map { wanted, input in
                guard wanted else { return nil }
                switch input {
                case 0:
                    return Tensor(x.shape) {
                        linearInputGradient(
                            rows: rows,
                            n: n,
                            k: k,
                            weight: weight.storage.elements,
                            dy: dy.pointer,
                            dx: $0,
                            precision: precision
                        )
                    }
                case 1:
                    return Tensor(weight.shape) {
                        linearWeightGradient(
                            rows: rows,
                            n: n,
                            k: k,
                            x: x.pointer,
                            dy: dy.pointer,
                            dweight: $0,
                            precision: precision
                        )
                    }
                default: return dy.sumOfRows()
                }
            }
        }
    }
}
