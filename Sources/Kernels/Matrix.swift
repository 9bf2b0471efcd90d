/// A matrix in memory: row-major, `stride` elements from one row to the next, read transposed if `transposed`.
public struct Matrix {
    let numbers: StoredFloats
    let stride: Int
    let transposed: Bool

    public init(_ base: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
        self.init(StoredFloats(base), stride: stride, transposed: transposed)
    }

    /// Numbers that need widening can only be the right side of a product.
    public init(_ numbers: StoredFloats, stride: Int, transposed: Bool = false) {
        self.numbers = numbers
        self.stride = stride
        self.transposed = transposed
    }

    /// Elements from one row to the next, and from one column to the next, of the logical (perhaps transposed) form.
    private var strides: (row: Int, column: Int) { transposed ? (1, stride) : (stride, 1) }

    private func from(row: Int, column: Int) -> StoredFloats {
        numbers.from(row * strides.row + column * strides.column)
    }

    /// Packs `k` rows of `n` columns, from row `row` and column `column` on, as the right side of a product.
    func pack(
        row: Int,
        column: Int,
        n: Int,
        k: Int,
        _ kernels: ProductKernels,
        to packed: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let corner = from(row: row, column: column)
        kernels.pack(corner, kStride: strides.row, nStride: strides.column, n: n, k: k, to: packed, scratch: scratch)
    }

    /// The left side of a product, from row `row` and column `column` on.
    func floats(row: Int, column: Int) -> (UnsafePointer<Float>, row: Int, step: Int) {
        guard let floats = from(row: row, column: column).aligned else {
            fail("the left side of a product needs widening")
        }
        return (floats, strides.row, strides.column)
    }
}
