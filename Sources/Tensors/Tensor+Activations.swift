import CKernels
import Kernels

extension Tensor {
    private typealias Forward = (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    private typealias Backward = (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void

    private func activated(
        operation: StaticString = #function,
        _ forward: Forward,
        backward: @escaping Backward
    ) -> Tensor {
        Tensor.elementwise(shape, operation: operation) { range, y in
            forward(pointer + range.lowerBound, y, range.count)
        }.recorded(from: self) { [x = detached()] dy in
            [
                Tensor.elementwise(x.shape, operation: operation) { range, dx in
                    backward(x.pointer + range.lowerBound, dy.pointer + range.lowerBound, dx, range.count)
                }
            ]
        }
    }

    /// x sigmoid(x)
    public func silu() -> Tensor {
        activated({ pk_silu($0, $1, $2) }, backward: { pk_silu_backward($0, $1, $2, $3) })
    }

    /// x Φ(x), exact (by erf).
    public func gelu() -> Tensor {
        activated({ pk_gelu($0, $1, $2) }, backward: { pk_gelu_backward($0, $1, $2, $3) })
    }

    /// x sigmoid(1.702 x)
    public func quickGELU() -> Tensor {
        activated({ pk_quick_gelu($0, $1, $2) }, backward: { pk_quick_gelu_backward($0, $1, $2, $3) })
    }

    public func leakyReLU(slope: Float = 0.01) -> Tensor {
        activated(
            { pk_leaky_relu($0, slope, $1, $2) },
            backward: { pk_leaky_relu_backward($0, slope, $1, $2, $3) }
        )
    }

    public func relu() -> Tensor { leakyReLU(slope: 0) }

    public func sigmoid() -> Tensor {
        let y = Tensor.elementwise(shape) { range, y in pk_sigmoid(pointer + range.lowerBound, y, range.count) }
        return y.recorded(from: self) { dy in [dy * y * y.affine(scale: -1, shift: 1)] }
    }

    /// (..., 2 C) -> (..., C): the first half times the GELU of the second.
    public func geglu() -> Tensor {
        let (_, columns) = rowsAndColumns
        require(columns % 2 == 0, "GEGLU needs an even width, found \(title)")
        let half = columns / 2
        return Tensor.rowwise(shape.dropLast() + [half]) { rows, y in
            pk_geglu(pointer + rows.lowerBound * columns, y, rows.count, half)
        }.recorded(from: self) { [x = detached()] dy in
            [
                Tensor.rowwise(x.shape) { rows, dx in
                    pk_geglu_backward(
                        x.pointer + rows.lowerBound * columns,
                        dy.pointer + rows.lowerBound * half,
                        dx,
                        rows.count,
                        half
                    )
                }
            ]
        }
    }
}
