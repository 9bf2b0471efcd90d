import CKernels
import Kernels

extension Tensor {
    /// x (B, ..., C) + v (B, C): one row of v for every picture.
    public func addingPerPicture(_ v: Tensor) -> Tensor {
        let (B, C) = (shape[0], shape[rank - 1])
        require(v.shape == [B, C], "rows of \(v.title) do not fit \(title)")
        let rows = count / max(1, B * C)
        return reshaped([B, rows, C]).addingRepeated(v.reshaped([B, 1, C])).reshaped(shape)
    }

    /// x (B, L, C) + v (B, 1, C).
    private func addingRepeated(_ v: Tensor) -> Tensor {
        let (B, L, C) = shape3
        return Tensor(shape) { y in
            let grain = max(1, elementGrain / C)
            let bands = (L + grain - 1) / grain
            Parallel.forEach(B * bands) { i in
                let (b, first) = (i / bands, i % bands * grain)
                let offset = (b * L + first) * C
                pk_add_row(pointer + offset, v.pointer + b * C, y + offset, min(grain, L - first), C)
            }
        }.recorded(from: self, v) { dy in [dy, dy.meanOfMiddle() * Float(L)] }
    }

    /// x (..., C) * v (..., 1): one factor for every row.
    public func multipliedByColumn(_ v: Tensor) -> Tensor {
        let (rows, columns) = rowsAndColumns
        require(v.count == rows, "a column of \(v.title) does not fit \(title)")
        return Tensor.rowwise(shape) { range, y in
            for (i, row) in range.enumerated() {
                pk_affine(pointer + row * columns, v.pointer[row], 0, y + i * columns, columns)
            }
        }.recorded(from: self, v) { [x = detached(), v = v.detached()] dy in
            [dy.multipliedByColumn(v), (dy * x).meanOfLast() * Float(columns)]
        }
    }

    /// (..., C) -> (..., 1): the mean along the last dimension.
    public func meanOfLast() -> Tensor {
        let (_, columns) = rowsAndColumns
        return Tensor.rowwise(shape.dropLast() + [1]) { range, y in
            for (i, row) in range.enumerated() { y[i] = pk_sum(pointer + row * columns, columns) / Float(columns) }
        }.recorded(from: self) { [shape] dy in
            [Tensor(repeating: 1 / Float(columns), shape: shape).multipliedByColumn(dy)]
        }
    }

    /// Element by element.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        require(a.shape == b.shape, "shapes \(a.title) and \(b.title) differ")
        return elementwise(a.shape) { range, y in
            for (i, j) in range.enumerated() { y[i] = a.pointer[j] / b.pointer[j] }
        }.recorded(from: a, b) { [a = a.detached(), b = b.detached()] dy in
            [dy / b, dy * a / (b * b) * -1]
        }
    }

    /// (B, h, w, C) -> (B, H, W, C): each pixel takes the value of the one at floor(position * h / H).
    public func upsampledNearest(to size: (height: Int, width: Int)) -> Tensor {
        let (B, h, w, C) = shape4
        let (H, W) = size
        return H == 2 * h && W == 2 * w
            ? upsampledNearest2x()
            : rowsPicked(
                (0..<B).flatMap { b in
                    (0..<H).flatMap { y in (0..<W).map { x in (b * h + y * h / H) * w + x * w / W } }
                }
            ).reshaped([B, H, W, C])
    }

    /// The rows of the last dimension at `indices`, in order -> (indices.count, C).
    private func rowsPicked(_ indices: [Int]) -> Tensor {
        reshaped([rowsAndColumns.rows, rowsAndColumns.columns]).rows(at: indices)
    }
}

extension Linear {
    /// The same sum as a convolution with a window of one pixel.
    public init(pointwise convolution: Conv2d) {
        weight = convolution.weight.reshaped([convolution.weight.shape[0], convolution.weight.shape[1]])
        bias = convolution.bias
    }
}
