import CKernels
import Kernels

extension Tensor {
    /// The same values in another shape; nothing is copied.
    public func reshaped(_ shape: [Int]) -> Tensor {
        var result = Tensor(shape: shape, storage: storage)
        if needsGradient { result = result.recorded(from: self) { [old = self.shape] dy in [dy.reshaped(old)] } }
        return result
    }

    /// Concatenation along dimension `axis`; all other dimensions agree.
    public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
        guard let first = parts.first else { fail("nothing to concatenate") }
        require(
            parts.allSatisfy {
                $0.shape.prefix(axis) == first.shape.prefix(axis)
                    && $0.shape.dropFirst(axis + 1) == first.shape.dropFirst(axis + 1)
            },
            "\(parts.map(\.title)) cannot be joined along \(axis)"
        )
        var shape = first.shape
        shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        let outer = shape.prefix(axis).reduce(1, *)
        let inner = shape.dropFirst(axis + 1).reduce(1, *)
        let y = Tensor(shape) { y in
            let row = shape[axis] * inner
            Parallel.forRanges(outer, grain: max(1, elementGrain / max(1, row))) { rows in
                var to = y + rows.lowerBound * row
                for i in rows {
                    for part in parts {
                        let run = part.shape[axis] * inner
                        to.update(from: part.pointer + i * run, count: run)
                        to += run
                    }
                }
            }
        }
        return y.recorded(from: parts) { [sizes = parts.map { $0.shape[axis] }] dy in
            var start = 0
            return sizes.map { size in
                defer { start += size }
                return dy.sliced(axis: axis, start..<start + size)
            }
        }
    }

    /// The part of the tensor with `range` of dimension `axis`.
    public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
        require(range.lowerBound >= 0 && range.upperBound <= shape[axis], "\(range) is outside \(title)")
        var part = shape
        part[axis] = range.count
        let outer = shape.prefix(axis).reduce(1, *)
        let inner = shape.dropFirst(axis + 1).reduce(1, *)
        if outer == 1, !needsGradient, storage.isStored {
            // Rows of a stored matrix stay as they are.
            let numbers = storage.elements.from(range.lowerBound * inner)
            return Tensor(borrowing: numbers, shape: part, owner: storage)
        }
        let y = Tensor(part) { y in
            let run = range.count * inner
            if outer == 1 {
                let from = pointer + range.lowerBound * inner
                return Parallel.forRanges(run, grain: elementGrain) {
                    (y + $0.lowerBound).update(from: from + $0.lowerBound, count: $0.count)
                }
            }
            Parallel.forRanges(outer, grain: max(1, elementGrain / max(1, run))) { rows in
                for i in rows {
                    (y + i * run).update(from: pointer + (i * shape[axis] + range.lowerBound) * inner, count: run)
                }
            }
        }
        return y.recorded(from: self) { [shape] dy in
            var before = shape
            before[axis] = range.lowerBound
            var after = shape
            after[axis] = shape[axis] - range.upperBound
            return [.concatenated([.zeros(before), dy, .zeros(after)], axis: axis)]
        }
    }

    /// (a, b, ...) -> (b, a, ...).
    public func swappingFirstAxes() -> Tensor {
        let (a, b) = (shape[0], shape[1])
        let inner = shape.dropFirst(2).reduce(1, *)
        return Tensor([b, a] + shape.dropFirst(2)) { y in
            Parallel.forRanges(b * a, grain: max(1, elementGrain / max(1, inner))) { rows in
                for row in rows {
                    (y + row * inner).update(from: pointer + (row % a * b + row / a) * inner, count: inner)
                }
            }
        }.recorded(from: self) { dy in [dy.swappingFirstAxes()] }
    }

    /// (B, m, n) -> (B, n, m), or (m, n) -> (n, m).
    public func transposed() -> Tensor {
        let (m, n) = (shape[rank - 2], shape[rank - 1])
        let batch = shape.dropLast(2).reduce(1, *)
        return Tensor(shape.dropLast(2) + [n, m]) { y in
            // Bands of rows of x, so that whole lines of the cache are written.
            let band = max(32, elementGrain / max(1, n) / 32 * 32)
            let bands = (m + band - 1) / band
            Parallel.forEach(batch * bands) { i in
                let (b, first) = (i / bands, i % bands * band)
                let (x, y) = (pointer + b * m * n, y + b * m * n)
                pk_transpose(x + first * n, n, y + first, m, min(band, m - first), n)
            }
        }.recorded(from: self) { dy in [dy.transposed()] }
    }

    /// (B, C, H, W), the order of files, -> (B, H, W, C), the order of our layers.
    public func channelsLast() -> Tensor {
        let (B, C, H, W) = shape4
        if C == 1 || H * W == 1 { return reshaped([B, H, W, C]) }
        return reshaped([B, C, H * W]).transposed().reshaped([B, H, W, C])
    }

    /// (B, H, W, C) -> (B, C, H, W).
    public func channelsFirst() -> Tensor {
        let (B, H, W, C) = shape4
        if C == 1 || H * W == 1 { return reshaped([B, C, H, W]) }
        return reshaped([B, H * W, C]).transposed().reshaped([B, C, H, W])
    }

    /// (B, H, W, C) -> (B, 2 H, 2 W, C): every pixel becomes four.
    public func upsampledNearest2x() -> Tensor {
        let (B, H, W, C) = shape4
        return Tensor([B, 2 * H, 2 * W, C]) { y in
            Parallel.forEach(B * H) { row in
                let line = y + row * 2 * 2 * W * C
                for x in 0..<W {
                    let from = pointer + (row * W + x) * C
                    (line + 2 * x * C).update(from: from, count: C)
                    (line + (2 * x + 1) * C).update(from: from, count: C)
                }
                (line + 2 * W * C).update(from: line, count: 2 * W * C)
            }
        }.recorded(from: self) { dy in
            [
                Tensor([B, H, W, C]) { dx in
                    Parallel.forEach(B * H) { row in
                        let above = dy.pointer + row * 4 * W * C
                        for x in 0..<W {
                            let (from, to) = (above + 2 * x * C, dx + (row * W + x) * C)
                            pk_add(from, from + C, to, C)
                            pk_accumulate(from + 2 * W * C, 1, to, C)
                            pk_accumulate(from + (2 * W + 1) * C, 1, to, C)
                        }
                    }
                }
            ]
        }
    }

    /// table (n, C), rows of it by index -> (indices.count, C).
    public func rows(at indices: [Int]) -> Tensor {
        let (count, columns) = rowsAndColumns
        require(indices.allSatisfy { $0 >= 0 && $0 < count }, "an index is outside \(title)")
        return Tensor([indices.count, columns]) { y in
            storage.elements.copyRows(indices, columns: columns, to: y)
        }.recorded(from: self) { [shape] dy in
            let sum = Tensor.zeros(shape)
            for (i, index) in indices.enumerated() {
                pk_accumulate(dy.pointer + i * columns, 1, sum.storage.base + index * columns, columns)
            }
            return [sum]
        }
    }
}
