import CKernels

/// The kernels of matrix products in one precision and for one set of instructions: how both sides lie in memory, and what
/// multiplies them.
///
/// In `bfloat16` and `int8` (rounded.h) both sides are rounded before.
struct ProductKernels {
    /// In 32 bits; they widen the right side in any precision.
    let floats: pk_gemm_kernels
    private let rounding: pk_rounded_kernels?

    /// - Precondition: this processor has the level
    init(_ precision: ComputeSettings.Precision, _ level: KernelLevel = ComputeSettings.current.kernels) {
        floats = level.products
        rounding =
            switch precision {
            case .float32, .plainSums: nil
            case .bfloat16: level.bfloat16Products
            case .int8: level.int8Products
            }
    }

    /// Columns of the right side in a panel.
    var panel: Int { rounding?.panel ?? floats.panel }
    /// Rows of the left side in a tile.
    var rows: Int { rounding?.rows ?? floats.rows }
    /// Whether the left side has to be rounded.
    var rounds: Bool { rounding != nil }
    /// Whether what is rounded in one go has scales of its own, so that it can be multiplied only as a whole.
    var scales: Bool { rounding.map { $0.row_head > 0 } ?? false }
    /// k may be cut at its multiples.
    var depth: Int { rounding?.depth ?? 1 }

    private func groups(_ k: Int) -> Int {
        rounding.map { (k + $0.group - 1) / $0.group * $0.group_size } ?? k
    }

    /// Floats of memory that `k` numbers of a row of the left side take.
    func rowSize(_ k: Int) -> Int { (rounding?.row_head ?? 0) + groups(k) }

    /// Floats of memory that `k` rows of a packed panel take.
    func panelSize(_ k: Int) -> Int { ((rounding?.panel_head ?? 0) + groups(k)) * panel }

    /// Floats that `pack` needs to work in for so many rows.
    func packingScratch(_ k: Int) -> Int {
        guard rounds else { return 0 }
        return (scales ? k : min(k, Self.mostRoundedRows)) * panel
    }

    /// Rows of a panel that are widened and then rounded while they are in the first cache, or the second.
    private func roundedRows(_ numbers: StoredFloats, of k: Int) -> Int {
        if scales { return k }
        return numbers.prefersLongRuns ? Self.mostRoundedRows : 64
    }
    private static let mostRoundedRows = 256

    /// Packs k rows of n columns, panel after panel.
    func pack(
        _ b: StoredFloats,
        kStride: Int,
        nStride: Int,
        n: Int,
        k: Int,
        to packed: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        guard rounding != nil else {
            return b.pack(kStride: kStride, nStride: nStride, n: n, k: k, floats, to: packed)
        }
        let rows = max(1, roundedRows(b, of: k))
        for first in stride(from: 0, to: n, by: panel) {
            let to = packed + first / panel * panelSize(k)
            for row in stride(from: 0, to: k, by: rows) {
                let count = min(rows, k - row)
                b.from(first * nStride + row * kStride).pack(
                    kStride: kStride,
                    nStride: nStride,
                    n: min(panel, n - first),
                    k: count,
                    floats,
                    to: scratch
                )
                roundPanel(scratch, count, to: to + groups(row) * panel)
            }
        }
    }

    /// Rounds k rows of a panel of floats.
    func roundPanel(_ floats: UnsafePointer<Float>, _ k: Int, to rounded: UnsafeMutablePointer<Float>) {
        rounding?.round_panel(k, floats, rounded)
    }

    /// Rounds m rows of k numbers for the left side, or copies them where nothing is rounded; may be in place with rows as far
    /// apart, if they have room for an even number.
    ///
    /// - Parameters:
    ///   - row: floats from one row to the next
    ///   - roundedRow: the same where they go
    func roundRows(
        _ a: UnsafePointer<Float>,
        _ m: Int,
        _ k: Int,
        row: Int,
        to rounded: UnsafeMutablePointer<Float>,
        row roundedRow: Int
    ) {
        if let rounding { return rounding.round_rows(m, k, a, row, rounded, roundedRow) }
        for i in 0..<m { (rounded + i * roundedRow).update(from: a + i * row, count: k) }
    }

    /// A product with B packed, and A rounded if need be; then its strides count floats of memory.
    func multiply(_ p: pk_product) {
        guard let rounding else { return floats.multiply(p) }
        rounding.multiply(p.m, p.n, p.k, p.a, p.a_row, p.packed, p.start, p.start_stride, p.c, p.c_stride)
    }
}
