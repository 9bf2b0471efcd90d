import Kernels

extension Tensor {
    /// LayerNorm over the last dimension: (..., C), weight and bias (C).
    public func layerNorm(_ weight: Tensor?, _ bias: Tensor?, eps: Float) -> Tensor {
        let (_, columns) = rowsAndColumns
        return Tensor.rowwise(shape) { rows, y in
            pk_layer_norm(
                pointer + rows.lowerBound * columns, weight?.pointer, bias?.pointer, eps, y, rows.count, columns, nil, nil)
        }
    }

    /// GroupNorm of (B, ..., C) over groups of neighbouring channels and all positions, then SiLU if asked.
    public func groupNorm(_ weight: Tensor, _ bias: Tensor, groups: Int, eps: Float, silu: Bool = false) -> Tensor {
        let channels = shape[rank - 1]
        let batch = shape[0]
        let pixels = count / max(1, batch * channels)
        let statistics = groupStatistics(
            x: pointer, batch: batch, pixels: pixels, channels: channels, groups: groups, eps: eps)
        return Tensor(shape) { y in
            groupNormApply(
                x: pointer, statistics: statistics, weight: weight.pointer, bias: bias.pointer, batch: batch,
                pixels: pixels, channels: channels, groups: groups, silu: silu, y: y)
        }
    }

    /// x / max(|x|, eps) along the last dimension.
    public func l2Normalized(eps: Float = 1e-12) -> Tensor {
        let (_, columns) = rowsAndColumns
        return Tensor.rowwise(shape) { rows, y in
            for (i, row) in rows.enumerated() {
                let x = pointer + row * columns
                pk_affine(x, 1 / max(pk_dot(x, x, columns).squareRoot(), eps), 0, y + i * columns, columns)
            }
        }
    }

    /// Softmax along the last dimension of x * scale.
    public func softmax(scale: Float = 1) -> Tensor {
        let (_, columns) = rowsAndColumns
        return Tensor.rowwise(shape) { rows, y in
            y.update(from: pointer + rows.lowerBound * columns, count: rows.count * columns)
            pk_softmax(y, rows.count, columns, scale, 0, -1)
        }
    }
}
