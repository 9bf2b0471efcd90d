import CKernels
import Kernels

extension Tensor {
    /// LayerNorm over the last dimension: (..., C), weight and bias (C).
    public func layerNorm(_ weight: Tensor?, _ bias: Tensor?, eps: Float) -> Tensor {
        let (rows, columns) = rowsAndColumns
        require(
            (weight?.count ?? columns) == columns && (bias?.count ?? columns) == columns,
            "a layer norm of \(weight?.title ?? "no weight") does not fit \(title)"
        )
        let y = Tensor(shape) { y in
            layerNormForward(
                rows: rows,
                columns: columns,
                x: pointer,
                weight: weight?.pointer,
                bias: bias?.pointer,
                eps: eps,
                y: y
            )
        }
        let wantsWeight = weight?.needsGradient ?? false
        let wantsBias = bias?.needsGradient ?? false
        return y.recorded(from: [self] + [weight, bias].compactMap(\.self)) {
            [x = detached(), weight = weight?.detached(), hasBias = bias != nil] dy in
            let dx = Tensor(blank: x.shape)
            let dweight = wantsWeight ? Tensor(blank: [columns]) : nil
            Tensor.observed {
                layerNormBackward(
                    rows: rows,
                    columns: columns,
                    x: x.pointer,
                    weight: weight?.pointer,
                    eps: eps,
                    dy: dy.pointer,
                    dx: dx.storage.base,
                    dweight: dweight?.storage.base
                )
            }
            let dbias = wantsBias ? dy.sumOfRows() : nil
            return [dx] + (weight == nil ? [] : [dweight]) + (hasBias ? [dbias] : [])
        }
    }

    /// GroupNorm of (B, ..., C) over groups of neighbouring channels and all positions, then SiLU if asked.
    public func groupNorm(_ weight: Tensor, _ bias: Tensor, groups: Int, eps: Float, silu: Bool = false) -> Tensor {
        let norm = GroupNormShape(self, weight, bias, groups: groups)
        let statistics = Tensor.observed { GroupStatistics(norm, x: pointer, eps: eps) }
        let y = Tensor(shape) { y in
            groupNormForward(
                norm,
                x: pointer,
                statistics: statistics,
                weight: weight.pointer,
                bias: bias.pointer,
                silu: silu,
                y: y
            )
        }
        return y.recorded(from: self, weight, bias) {
            [x = detached(), weight = weight.detached(), bias = bias.detached()] dy in
            let (dx, dweight, dbias) = (Tensor(blank: x.shape), Tensor(blank: weight.shape), Tensor(blank: bias.shape))
            Tensor.observed {
                groupNormBackward(
                    norm,
                    x: x.pointer,
                    statistics: statistics,
                    weight: weight.pointer,
                    bias: bias.pointer,
                    silu: silu,
                    dy: dy.pointer,
                    dx: dx.storage.base,
                    dweight: dweight.storage.base,
                    dbias: dbias.storage.base
                )
            }
            return [dx, dweight, dbias]
        }
    }

    /// x / max(|x|, eps) along the last dimension.
    public func l2Normalized(eps: Float = 1e-12) -> Tensor {
        let (_, columns) = rowsAndColumns
        let norm = { (x: UnsafePointer<Float>) in max(pk_dot(x, x, columns).squareRoot(), eps) }
        let y = Tensor.rowwise(shape) { rows, y in
            for (i, row) in rows.enumerated() {
                let x = pointer + row * columns
                pk_affine(x, 1 / norm(x), 0, y + i * columns, columns)
            }
        }
        // dx = (dy - y (y dy)) / |x|; where eps stands in for the length, it is constant.
        return y.recorded(from: self) { [x = detached()] dy in
            [
                Tensor.rowwise(x.shape) { rows, dx in
                    for (i, row) in rows.enumerated() {
                        let (x, dx) = (x.pointer + row * columns, dx + i * columns)
                        let (y, dy) = (y.pointer + row * columns, dy.pointer + row * columns)
                        let length = norm(x)
                        pk_affine(dy, 1 / length, 0, dx, columns)
                        if length > eps { pk_accumulate(y, -pk_dot(y, dy, columns) / length, dx, columns) }
                    }
                }
            ]
        }
    }

    /// Softmax along the last dimension of x * scale.
    public func softmax(scale: Float = 1) -> Tensor {
        let (_, columns) = rowsAndColumns
        let y = Tensor.rowwise(shape) { rows, y in
            y.update(from: pointer + rows.lowerBound * columns, count: rows.count * columns)
            pk_softmax(y, rows.count, columns, scale, 0, -1)
        }
        return y.recorded(from: self) { dy in
            [
                Tensor.rowwise(y.shape) { rows, dx in
                    dx.update(from: dy.pointer + rows.lowerBound * columns, count: rows.count * columns)
                    pk_softmax_backward(y.pointer + rows.lowerBound * columns, dx, rows.count, columns, scale)
                }
            ]
        }
    }
}

extension GroupNormShape {
    /// - Parameter x: (B, ..., C)
    init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, groups: Int) {
        let channels = x.shape[x.rank - 1]
        require(
            channels % groups == 0 && weight.count == channels && bias.count == channels,
            "a group norm of \(weight.title) in \(groups) groups does not fit \(x.title)"
        )
        self.init(
            batch: x.shape[0],
            pixels: x.count / max(1, x.shape[0] * channels),
            channels: channels,
            groups: groups
        )
    }
}
