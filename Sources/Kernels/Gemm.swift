import CKernels

/// What the sums of a product begin with.
public enum GemmStart {
    case zeros
    /// One row for all, such as a bias.
    case row(UnsafePointer<Float>)
    /// What is there already.
    case present
}

/// c[m, n] = start + a[m, k] b[k, n].
///
/// - Parameter precision: of the product
public func gemm(
    _ m: Int,
    _ n: Int,
    _ k: Int,
    _ a: Matrix,
    _ b: Matrix,
    from start: GemmStart = .zeros,
    _ c: UnsafeMutablePointer<Float>,
    stride: Int,
    precision: ComputeSettings.Precision = .float32
) {
    let product = Product(m, n, k, a, b, start, c, stride, ProductKernels(precision))
    guard product.kernels.rounds || product.rowsMeet, m > 0, n > 0, k > 0 else { return product() }
    FloatPool.shared.with(product.gatheredSize) { product.gathered(in: $0)() }
}

/// One product and how it is cut.
private struct Product {
    let m, n, k: Int
    /// Where it is gathered, the rows of each depth block follow those of the one before.
    private(set) var a: Matrix
    private var isGathered = false
    let b: Matrix
    let start: GemmStart
    let c: UnsafeMutablePointer<Float>
    let stride: Int
    let kernels: ProductKernels
    /// Rows of b that are packed at a time.
    let depth: Int

    init(
        _ m: Int,
        _ n: Int,
        _ k: Int,
        _ a: Matrix,
        _ b: Matrix,
        _ start: GemmStart,
        _ c: UnsafeMutablePointer<Float>,
        _ stride: Int,
        _ kernels: ProductKernels
    ) {
        self.kernels = kernels
        (self.m, self.n, self.k) = (m, n, k)
        (self.a, self.b, self.start) = (a, b, start)
        (self.c, self.stride) = (c, stride)
        // A strip of a's rows of this depth fits the first cache.
        let blocks = max(1, (k + Self.depthLimit - 1) / Self.depthLimit)
        depth = ((k + blocks - 1) / blocks + kernels.depth - 1) / kernels.depth * kernels.depth
    }

    /// Whether rows of the left side lie whole pages apart, and so meet in the same places of the first cache, where a tile's
    /// then do not stay: at 5120 columns 1.2 times as long.
    var rowsMeet: Bool { !a.transposed && a.stride % 1024 == 0 && k >= 512 && n > 2 * kernels.panel }

    /// Floats from one gathered row to the next, which do not meet.
    private var gatheredRow: Int { kernels.rowSize(depth) + 16 }

    /// Floats that `gathered` needs.
    var gatheredSize: Int { (k + depth - 1) / max(1, depth) * m * gatheredRow }

    /// The product with its left side rounded if need be, the rows of each depth block near each other.
    func gathered(in memory: UnsafeMutablePointer<Float>) -> Product {
        let grain = min(m, max(1, (1 << 16) / max(1, k)))
        Parallel.forRanges(m, grain: grain, scratch: a.transposed ? grain * depth : 0) { rows, scratch in
            for first in Swift.stride(from: 0, to: k, by: depth) {
                let count = min(depth, k - first)
                var (from, row, step) = a.floats(row: rows.lowerBound, column: first)
                if a.transposed {
                    pk_transpose(from, step, scratch, count, count, rows.count)
                    (from, row) = (UnsafePointer(scratch), count)
                }
                let to = memory + (first / depth * m + rows.lowerBound) * gatheredRow
                kernels.roundRows(from, rows.count, count, row: row, to: to, row: gatheredRow)
            }
        }
        var product = self
        product.a = Matrix(memory, stride: gatheredRow)
        product.isGathered = true
        return product
    }

    func callAsFunction() {
        let (rows, columns) = tasks(threads: ComputeSettings.current.threads)
        Parallel.forEach(rows.count * columns.count, scratch: scratch(columns)) { task, packed in
            run(rows[task % rows.count], columns[task / rows.count], packed)
        }
    }

    static let depthLimit = 640
    /// Floats of b that are packed at a time: they stay in the second cache while a's rows pass by.
    static let packedLimit = 1 << 17

    /// Ranges of rows and of columns whose pairs are one task each.
    func tasks(threads: Int) -> (rows: [Range<Int>], columns: [Range<Int>]) {
        guard m > 0, n > 0 else { return ([], []) }
        let cut = GemmCut(
            strips: (m + kernels.rows - 1) / kernels.rows,
            panels: (n + kernels.panel - 1) / kernels.panel,
            mostPanels: max(1, Self.packedLimit / max(1, kernels.panelSize(depth))),
            threads: m * n * k < 1 << 18 ? 1 : threads
        )
        return (
            Self.cut(m, step: kernels.rows, into: cut.rows), Self.cut(n, step: kernels.panel, into: cut.columns)
        )
    }

    /// 0 ..< count in even parts that are whole steps, apart from the last.
    private static func cut(_ count: Int, step: Int, into parts: Int) -> [Range<Int>] {
        let steps = (count + step - 1) / step
        let parts = min(parts, steps)
        return (0..<parts).map { $0 * steps / parts * step..<min(count, ($0 + 1) * steps / parts * step) }
    }

    /// Floats that one task needs to pack in.
    func scratch(_ columns: [Range<Int>]) -> Int {
        packedSize((columns.map(\.count).max() ?? 0)) + kernels.packingScratch(depth)
    }

    private func packedSize(_ columns: Int) -> Int {
        (columns + kernels.panel - 1) / kernels.panel * kernels.panelSize(depth)
    }

    func run(_ rows: Range<Int>, _ columns: Range<Int>, _ packed: UnsafeMutablePointer<Float>) {
        let output = c + rows.lowerBound * stride + columns.lowerBound
        var first = 0
        repeat {
            let depth = min(depth, k - first)
            b.pack(
                row: first,
                column: columns.lowerBound,
                n: columns.count,
                k: depth,
                kernels,
                to: packed,
                scratch: packed + packedSize(columns.count)
            )
            let (left, row, step) =
                isGathered
                ? a.floats(row: first / max(1, self.depth) * m + rows.lowerBound, column: 0)
                : a.floats(row: rows.lowerBound, column: first)
            let (from, fromStride): (UnsafePointer<Float>?, Int) =
                switch first == 0 ? start : .present {
                case .zeros: (nil, 0)
                case .row(let row): (row + columns.lowerBound, 0)
                case .present: (UnsafePointer(output), stride)
                }
            kernels.multiply(
                pk_product(
                    m: rows.count,
                    n: columns.count,
                    k: depth,
                    a: left,
                    a_row: row,
                    a_step: step,
                    packed: packed,
                    start: from,
                    start_stride: fromStride,
                    c: output,
                    c_stride: stride
                )
            )
            first += depth
        } while first < k
    }
}
