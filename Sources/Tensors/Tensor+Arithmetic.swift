import CKernels
import Kernels

/// Elements that one thread handles at a time.
package let elementGrain = 1 << 15

extension Tensor {
    /// A tensor of `shape` made piece by piece: `body` writes the elements of each range.
    static func elementwise(
        _ shape: [Int],
        operation: StaticString = #function,
        _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(shape, operation: operation) { y in
            Parallel.forRanges(count, grain: elementGrain) { body($0, y + $0.lowerBound) }
        }
    }

    /// A tensor of `shape` made by rows of its last dimension: `body` writes the rows of each range.
    static func rowwise(
        _ shape: [Int],
        operation: StaticString = #function,
        _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        let columns = shape.last ?? 1
        let rows = shape.dropLast().reduce(1, *)
        return Tensor(shape, operation: operation) { y in
            Parallel.forRanges(rows, grain: max(1, elementGrain / max(1, columns))) {
                body($0, y + $0.lowerBound * columns)
            }
        }
    }

    private static func combine(
        _ a: Tensor,
        _ b: Tensor,
        operation: StaticString = #function,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        require(a.shape == b.shape, "shapes \(a.title) and \(b.title) differ", operation: operation)
        return elementwise(a.shape, operation: operation) { range, y in
            kernel(a.pointer + range.lowerBound, b.pointer + range.lowerBound, y, range.count)
        }
    }

    public static func + (a: Tensor, b: Tensor) -> Tensor {
        combine(a, b) { pk_add($0, $1, $2, $3) }.recorded(from: a, b) { dy in [dy, dy] }
    }

    public static func - (a: Tensor, b: Tensor) -> Tensor {
        combine(a, b) { pk_sub($0, $1, $2, $3) }.recorded(from: a, b) { dy in [dy, dy * -1] }
    }

    /// Element by element.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        combine(a, b) { pk_mul($0, $1, $2, $3) }
            .recorded(from: a, b) { [a = a.detached(), b = b.detached()] dy in [dy * b, dy * a] }
    }

    public static func * (a: Tensor, scale: Float) -> Tensor { a.affine(scale: scale, shift: 0) }
    public static func + (a: Tensor, shift: Float) -> Tensor { a.affine(scale: 1, shift: shift) }
    public static func / (a: Tensor, divisor: Float) -> Tensor { a.affine(scale: 1 / divisor, shift: 0) }

    /// x * scale + shift
    public func affine(scale: Float, shift: Float) -> Tensor {
        Tensor.elementwise(shape) { range, y in pk_affine(pointer + range.lowerBound, scale, shift, y, range.count) }
            .recorded(from: self) { dy in [dy * scale] }
    }

    /// x * factor; a borrowed weight of 8-bit floats stays as it is stored.
    public func scaled(by factor: Float) -> Tensor {
        guard !needsGradient, let numbers = storage.elements.scaled(by: factor) else { return self * factor }
        return Tensor(borrowing: numbers, shape: shape, owner: storage)
    }

    /// x + v, with v (C) or (1, C) along the last dimension.
    public func addingRow(_ v: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        require(v.count == columns, "a row of \(v.title) does not fit \(title)")
        return Tensor.rowwise(shape) { rows, y in
            pk_add_row(pointer + rows.lowerBound * columns, v.pointer, y, rows.count, columns)
        }.recorded(from: self, v) { dy in [dy, dy.sumOfRows().reshaped(v.shape)] }
    }

    /// x * v, with v (C) along the last dimension.
    public func multipliedByRow(_ v: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        require(v.count == columns, "a row of \(v.title) does not fit \(title)")
        return Tensor.rowwise(shape) { rows, y in
            pk_mul_row(pointer + rows.lowerBound * columns, v.pointer, y, rows.count, columns)
        }.recorded(from: self, v) { [x = detached(), v = v.detached()] dy in
            [dy.multipliedByRow(v), (dy * x).sumOfRows().reshaped(v.shape)]
        }
    }

    /// (..., C) -> (C): the sum over all other dimensions, in order.
    public func sumOfRows() -> Tensor {
        let (rows, columns) = rowsAndColumns
        return Tensor(columnSums(pointer, rows: rows, columns: columns).map { Float($0) }, shape: [columns])
            .recorded(from: self) { [shape] dy in [Tensor.zeros(shape).addingRow(dy)] }
    }

    /// The sum of all elements, (1): of fixed parts first, then of those in order.
    public func sum() -> Tensor {
        let parts = Tensor([(count + elementGrain - 1) / elementGrain]) { y in
            Parallel.forRanges(count, grain: elementGrain) {
                y[$0.lowerBound / elementGrain] = pk_sum(pointer + $0.lowerBound, $0.count)
            }
        }
        return Tensor([Float(parts.values.reduce(0.0) { $0 + Double($1) })], shape: [1])
            .recorded(from: self) { [shape] dy in [Tensor(repeating: dy.values[0], shape: shape)] }
    }

    /// The mean of all elements, (1).
    public func mean() -> Tensor { sum() / Float(max(1, count)) }

    /// (B, L, C) -> (B, 1, C): the mean over the middle dimension.
    public func meanOfMiddle() -> Tensor {
        let (B, L, C) = shape3
        let sums = (0..<B).flatMap { columnSums(pointer + $0 * L * C, rows: L, columns: C) }
        return Tensor(sums.map { Float($0) }, shape: [B, 1, C])
            .recorded(from: self) { dy in [dy.repeatedAlongMiddle(L)] } / Float(L)
    }

    /// (B, 1, C) -> (B, L, C).
    public func repeatedAlongMiddle(_ L: Int) -> Tensor {
        let (B, _, C) = shape3
        return Tensor([B, L, C]) { y in
            Parallel.forRanges(B * L, grain: max(1, elementGrain / max(1, C))) { rows in
                for row in rows { (y + row * C).update(from: pointer + row / L * C, count: C) }
            }
        }.recorded(from: self) { dy in [dy.meanOfMiddle() * Float(L)] }
    }
}
