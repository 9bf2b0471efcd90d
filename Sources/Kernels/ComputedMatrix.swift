import CKernels

/// A matrix that is computed of stored ones a panel at a time, as products pack it: a weight and what LoRAs make of it, of
/// which nothing else is ever in memory. Each element has the bits that operations on whole matrices of 32-bit floats give
/// in this order.
public indirect enum ComputedMatrix {
    case stored(StoredMatrix)
    /// (rows, r) · (r, columns)
    case product(StoredMatrix, StoredMatrix)
    /// Each element of the first (a, b) times all of the second (p, q): (a p, b q).
    case kronecker(StoredMatrix, StoredMatrix)
    /// Element by element.
    case hadamard(ComputedMatrix, ComputedMatrix)
    case sum(ComputedMatrix, ComputedMatrix)
    /// a + (b - a) s
    case between(ComputedMatrix, ComputedMatrix, s: Float)
    case scaled(ComputedMatrix, by: MatrixScale)
    /// W + (V - W) s with V = (W + d D) times its scale: what DoRA makes of a weight.
    case decomposed(ComputedMatrix, difference: ComputedMatrix, d: Float, scale: MatrixScale, s: Float)
    /// One of which no part can be had alone.
    case whole(any WholeMatrix)

    public var columns: Int {
        switch self {
        case .stored(let matrix): matrix.columns
        case .product(_, let right): right.columns
        case .kronecker(let outer, let inner): outer.columns * inner.columns
        case .hadamard(let a, _), .sum(let a, _), .between(let a, _, _), .scaled(let a, _),
            .decomposed(let a, _, _, _, _):
            a.columns
        case .whole(let whole): whole.columns
        }
    }
}

/// What a matrix's elements are multiplied by: all by one number, or each row, or each column, by one of its own.
public enum MatrixScale {
    case all(Float)
    case rows([Float])
    case columns([Float])
}

/// A matrix as it is stored, row by row.
public struct StoredMatrix {
    let numbers: StoredFloats
    let rows, columns: Int
    /// Keeps the numbers where they are.
    private let owner: AnyObject

    public init(_ numbers: StoredFloats, rows: Int, columns: Int, owner: AnyObject) {
        (self.numbers, self.rows, self.columns, self.owner) = (numbers, rows, columns, owner)
    }
}

/// A matrix that is made whole whenever a product begins, and let go of after it.
public protocol WholeMatrix: AnyObject {
    var columns: Int { get }
    func make() -> StoredMatrix
}

extension ComputedMatrix {
    private var operands: [ComputedMatrix] {
        switch self {
        case .stored, .product, .kronecker, .whole: []
        case .hadamard(let a, let b), .sum(let a, let b), .between(let a, let b, _),
            .decomposed(let a, let b, _, _, _):
            [a, b]
        case .scaled(let a, _): [a]
        }
    }

    private var needsWhole: Bool {
        if case .whole = self { true } else { operands.contains(where: \.needsWhole) }
    }

    /// The same, of which parts can be had.
    var prepared: ComputedMatrix {
        guard needsWhole else { return self }
        return switch self {
        case .stored, .product, .kronecker: self
        case .hadamard(let a, let b): .hadamard(a.prepared, b.prepared)
        case .sum(let a, let b): .sum(a.prepared, b.prepared)
        case .between(let a, let b, let s): .between(a.prepared, b.prepared, s: s)
        case .scaled(let a, let scale): .scaled(a.prepared, by: scale)
        case .decomposed(let a, let b, let d, let scale, let s):
            .decomposed(a.prepared, difference: b.prepared, d: d, scale: scale, s: s)
        case .whole(let whole): .stored(whole.make())
        }
    }
}

// MARK: - Blocks of it

/// Some rows of a matrix, as many as a panel has columns at most, and some of their columns: they become a panel
/// [columns][panel] with zeros where rows are missing.
private struct MatrixBlock {
    let rows: Range<Int>
    let columns: Range<Int>
    let kernels: pk_gemm_kernels

    var panel: Int { kernels.panel }
    /// Floats of the panel.
    var size: Int { columns.count * panel }
}

extension ComputedMatrix {
    /// Columns of a block that stays in the second cache with what it is computed in.
    private static let mostColumns = 640
    /// Of a product's inner dimension, so many go into a panel at a time.
    private static let mostRanks = 64

    /// Packs some rows as columns of the right side of a product, panel after panel (gemm.h).
    func pack(
        rows: Range<Int>,
        columns: Range<Int>,
        _ kernels: pk_gemm_kernels,
        to packed: UnsafeMutablePointer<Float>
    ) {
        FloatPool.shared.with(scratch(columns: columns.count, panel: kernels.panel)) { scratch in
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.panel) {
                let block = MatrixBlock(
                    rows: first..<min(rows.upperBound, first + kernels.panel),
                    columns: columns,
                    kernels: kernels
                )
                write(block, to: packed + (first - rows.lowerBound) * columns.count, scratch)
            }
        }
    }

    /// Writes some columns of some rows one after the other.
    func copy(rows: Range<Int>, columns: Range<Int>, to floats: UnsafeMutablePointer<Float>) {
        let kernels = ComputeSettings.current.kernels.products
        let panel = kernels.panel
        let most = min(columns.count, Self.mostColumns)
        let size = most * panel + scratch(columns: most, panel: panel)
        Parallel.forRanges(rows.count, grain: panel, scratch: size) { range, packed in
            let rows = rows.lowerBound + range.lowerBound..<rows.lowerBound + range.upperBound
            for first in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.mostColumns) {
                let some = first..<min(columns.upperBound, first + Self.mostColumns)
                let block = MatrixBlock(rows: rows, columns: some, kernels: kernels)
                write(block, to: packed, packed + block.size)
                let to = floats + range.lowerBound * columns.count + first - columns.lowerBound
                pk_transpose(packed, panel, to, columns.count, some.count, rows.count)
            }
        }
    }

    /// Floats that a block of so many columns needs to be computed in, beside its own.
    private func scratch(columns: Int, panel: Int) -> Int {
        let size = columns * panel
        return switch self {
        case .stored, .whole: 0
        case .product: Self.mostRanks * (columns + panel)
        case .kronecker: size + columns
        case .hadamard(let a, let b), .sum(let a, let b), .between(let a, let b, _),
            .decomposed(let a, let b, _, _, _):
            max(a.scratch(columns: columns, panel: panel), size + b.scratch(columns: columns, panel: panel))
        case .scaled(let a, _): a.scratch(columns: columns, panel: panel)
        }
    }

    private func write(
        _ block: MatrixBlock,
        to panel: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) {
        let size = block.size
        switch self {
        case .stored(let matrix): matrix.write(block, to: panel)
        case .product(let left, let right): Self.write(left, right, block, to: panel, scratch)
        case .kronecker(let outer, let inner): Self.write(outer, inner: inner, block, to: panel, scratch)
        case .hadamard(let a, let b):
            a.write(block, to: panel, scratch)
            b.write(block, to: scratch, scratch + size)
            pk_mul(panel, scratch, panel, size)
        case .sum(let a, let b):
            a.write(block, to: panel, scratch)
            b.write(block, to: scratch, scratch + size)
            pk_add(panel, scratch, panel, size)
        case .between(let a, let b, let s):
            a.write(block, to: panel, scratch)
            b.write(block, to: scratch, scratch + size)
            Self.go(from: panel, to: scratch, s, size)
        case .scaled(let a, let scale):
            a.write(block, to: panel, scratch)
            scale.apply(to: panel, block)
        case .decomposed(let W, let difference, let d, let scale, let s):
            W.write(block, to: panel, scratch)
            difference.write(block, to: scratch, scratch + size)
            pk_affine(scratch, d, 0, scratch, size)
            pk_add(panel, scratch, scratch, size)
            scale.apply(to: scratch, block)
            Self.go(from: panel, to: scratch, s, size)
        case .whole: fail("a matrix that is made whole was not prepared")
        }
    }

    /// a + (b - a) s in a's place.
    private static func go(
        from a: UnsafeMutablePointer<Float>,
        to b: UnsafeMutablePointer<Float>,
        _ s: Float,
        _ size: Int
    ) {
        pk_sub(b, a, b, size)
        pk_affine(b, s, 0, b, size)
        pk_add(a, b, a, size)
    }

    /// A product's block: its left side is packed, and the right one's columns are the rows of what comes out.
    private static func write(
        _ left: StoredMatrix,
        _ right: StoredMatrix,
        _ block: MatrixBlock,
        to panel: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) {
        let (count, kernels) = (block.columns.count, block.kernels)
        let widened = scratch + mostRanks * block.panel
        for first in stride(from: 0, to: left.columns, by: mostRanks) {
            let ranks = first..<min(left.columns, first + mostRanks)
            left.write(MatrixBlock(rows: block.rows, columns: ranks, kernels: kernels), to: scratch)
            for rank in ranks {
                right.numbers.widen(
                    rank * right.columns + block.columns.lowerBound,
                    count,
                    to: widened + (rank - first) * count
                )
            }
            kernels.multiply(
                pk_product(
                    m: count,
                    n: block.panel,
                    k: ranks.count,
                    a: widened,
                    a_row: 1,
                    a_step: count,
                    packed: scratch,
                    start: first == 0 ? nil : UnsafePointer(panel),
                    start_stride: block.panel,
                    c: panel,
                    c_stride: block.panel
                )
            )
        }
    }

    private static func write(
        _ outer: StoredMatrix,
        inner: StoredMatrix,
        _ block: MatrixBlock,
        to panel: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) {
        let (count, width) = (block.columns.count, inner.columns)
        let innerRows = inner.rows
        let outers = block.columns.lowerBound / width..<(block.columns.upperBound - 1) / width + 1
        let (factors, rows) = (scratch, scratch + count)
        for (i, row) in block.rows.enumerated() {
            outer.numbers.widen(row / innerRows * outer.columns + outers.lowerBound, outers.count, to: factors)
            for (j, outerColumn) in outers.enumerated() {
                let columns = block.columns.clamped(to: outerColumn * width..<(outerColumn + 1) * width)
                let to = rows + i * count + columns.lowerBound - block.columns.lowerBound
                inner.numbers.widen(row % innerRows * width + columns.lowerBound % width, columns.count, to: to)
                pk_affine(to, factors[j], 0, to, columns.count)
            }
        }
        StoredFloats(rows).pack(kStride: 1, nStride: count, n: block.rows.count, k: count, block.kernels, to: panel)
    }
}

extension StoredMatrix {
    fileprivate func write(_ block: MatrixBlock, to panel: UnsafeMutablePointer<Float>) {
        numbers.from(block.rows.lowerBound * columns + block.columns.lowerBound)
            .pack(kStride: 1, nStride: columns, n: block.rows.count, k: block.columns.count, block.kernels, to: panel)
    }
}

extension MatrixScale {
    fileprivate func apply(to panel: UnsafeMutablePointer<Float>, _ block: MatrixBlock) {
        switch self {
        case .all(let factor): pk_affine(panel, factor, 0, panel, block.size)
        case .rows(let factors):
            let ofPanel = block.rows.map { factors[$0] } + Array(repeating: 0, count: block.panel - block.rows.count)
            pk_mul_row(panel, ofPanel, panel, block.columns.count, block.panel)
        case .columns(let factors):
            for (i, column) in block.columns.enumerated() {
                let row = panel + i * block.panel
                pk_affine(row, factors[column], 0, row, block.panel)
            }
        }
    }
}
