import CKernels

/// The sizes of one attention: `heads` heads of `width` floats side by side in each row of q, k, v and the output.
public struct AttentionShape {
    public let batch: Int
    public let queries: Int
    public let keys: Int
    public let heads: Int
    public let width: Int
    /// Of the products, forward and back, at least `bfloat16`; logits, exponentials and their sums are 32-bit floats.
    public let precision: ComputeSettings.Precision

    public init(
        batch: Int,
        queries: Int,
        keys: Int,
        heads: Int,
        width: Int,
        precision: ComputeSettings.Precision = ComputeSettings.current.precision
    ) {
        self.batch = batch
        self.queries = queries
        self.keys = keys
        self.heads = heads
        self.width = width
        self.precision = precision.unlessInt8
    }

    /// Floats in one row of q, k, v or the output.
    var row: Int { heads * width }
    /// Operations of both products.
    var work: Int { 4 * batch * queries * keys * row }
}

/// y = softmax(q kᵀ scale) v for each head. Queries are taken in tiles and keys in blocks whose scores stay in the second
/// cache; what earlier blocks gave is rescaled when a later one holds a larger logit.
///
/// Dao et al. 2022, FlashAttention, algorithm 1.
///
/// - Parameters:
///   - q: [batch, queries, heads * width], y the same
///   - k: [batch or 1, keys, heads * width], v the same
///   - sharedKeys: k and v hold one batch for all
///   - zeroKeys: further keys and values of zero: each is one more exp(0) in the denominator
///   - causal: query i sees keys 0 ... i
public func attentionForward(
    _ shape: AttentionShape,
    q: UnsafePointer<Float>,
    k: UnsafePointer<Float>,
    v: UnsafePointer<Float>,
    scale: Float,
    sharedKeys: Bool,
    zeroKeys: Int,
    causal: Bool,
    y: UnsafeMutablePointer<Float>
) {
    let packed = PackedKeys(shape, batch: sharedKeys ? 1 : shape.batch)
    FloatPool.shared.with(packed.size) { memory in
        packed.fill(memory, k: k, v: v)
        // Of queries that see some keys alone, a block of keys may be seen by a tile and not by each of its queries.
        let tiles = packed.queryTiles(threads: causal ? 1 : ComputeSettings.current.threads)
        let most = tiles.map(\.count).max() ?? 0
        let (scores, width, row) = (most * PackedKeys.block, shape.width, shape.row)
        let scratch = scores + 2 * most + packed.roundedSize(queries: most)
        Parallel.forEach(shape.batch * shape.heads * tiles.count, work: shape.work, scratch: scratch) { index, p in
            let (tile, head) = (tiles[index % tiles.count], index / tiles.count % shape.heads)
            let b = index / tiles.count / shape.heads
            let (first, count) = (tile.lowerBound, tile.count)
            let offset = (b * shape.queries + first) * row + head * width
            let (keys, values) = packed.head((sharedKeys ? 0 : b) * shape.heads + head, in: memory)
            // Of each query the largest logit so far, and the sum of exponentials below it.
            let (top, sum) = (p + scores, p + scores + most)
            top.update(repeating: zeroKeys > 0 ? 0 : -.infinity, count: count)
            sum.update(repeating: Float(zeroKeys), count: count)
            let queries = packed.queries(q + offset, count, rounded: sum + most)
            let last = causal ? min(shape.keys, first + count) : shape.keys
            for key in stride(from: 0, to: last, by: PackedKeys.block) {
                let n = min(PackedKeys.block, shape.keys - key)
                let stride = packed.padded(n)
                packed.multiply(queries, count, keys: keys, from: key, to: p, stride: stride)
                let seen = causal ? first + 1 - key : n
                pk_softmax_block(p, stride, count, n, scale, seen, top, sum, y + offset, key == 0 ? 0 : width, row)
                packed.multiply(scores: p, count, stride: stride, values: values, from: key, to: y + offset)
            }
            for i in 0..<count { pk_affine(y + offset + i * row, 1 / sum[i], 0, y + offset + i * row, width) }
        }
    }
}

/// The keys and values of every head as the right sides of products, block by block.
struct PackedKeys {
    /// Keys that are handled at a time.
    static let block = 256

    let shape: AttentionShape
    let batch: Int
    private let kernels: ProductKernels
    /// Floats that the keys of a head take.
    private let keysSize: Int

    init(_ shape: AttentionShape, batch: Int) {
        self.shape = shape
        self.batch = batch
        kernels = ProductKernels(shape.precision)
        keysSize = Self.padded(shape.keys, kernels.panel) / kernels.panel * kernels.panelSize(shape.width)
    }

    /// The queries whose scores are in memory at a time: whole strips.
    func queryTiles(threads: Int) -> [Range<Int>] {
        let rows = kernels.rows
        let strips = (shape.queries + rows - 1) / rows
        let cut = AttentionCut(
            heads: shape.batch * shape.heads,
            strips: strips,
            mostStrips: 128 / rows,
            threads: threads
        )
        return evenParts(of: strips, cut.tiles).map {
            $0.lowerBound * rows..<min(shape.queries, $0.upperBound * rows)
        }
    }

    /// Keys in whole panels, and scores in whole vectors.
    func padded(_ keys: Int) -> Int { Self.padded(keys, kernels.panel) }

    private static func padded(_ keys: Int, _ panel: Int) -> Int {
        let step = max(16, panel)
        return (keys + step - 1) / step * step
    }

    /// Floats that the values of so many keys, a multiple of `block` or all, take.
    private func valuesSize(_ keys: Int) -> Int {
        (shape.width + kernels.panel - 1) / kernels.panel * kernels.panelSize(keys)
    }

    /// Floats that the keys before `first`, a multiple of `block`, take.
    private func keysSize(before first: Int) -> Int { first / kernels.panel * kernels.panelSize(shape.width) }

    private var headSize: Int { keysSize + valuesSize(shape.keys) }
    /// Floats for all of them.
    var size: Int { batch * shape.heads * headSize }

    func head(
        _ index: Int,
        in memory: UnsafeMutablePointer<Float>
    ) -> (keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>) {
        let base = memory + index * headSize
        return (base, base + keysSize)
    }

    func fill(_ memory: UnsafeMutablePointer<Float>, k: UnsafePointer<Float>, v: UnsafePointer<Float>) {
        let blocks = (shape.keys + Self.block - 1) / Self.block
        let row = shape.row
        Parallel.forEach(
            batch * shape.heads * blocks,
            work: 8 * size,
            scratch: kernels.packingScratch(max(shape.width, Self.block))
        ) { index, scratch in
            let (head, first) = (index / blocks, index % blocks * Self.block)
            let count = min(Self.block, shape.keys - first)
            let offset = (head / shape.heads * shape.keys + first) * row + head % shape.heads * shape.width
            let (keys, values) = self.head(head, in: memory)
            kernels.pack(
                StoredFloats(k + offset),
                kStride: 1,
                nStride: row,
                n: count,
                k: shape.width,
                to: keys + keysSize(before: first),
                scratch: scratch
            )
            kernels.pack(
                StoredFloats(v + offset),
                kStride: row,
                nStride: 1,
                n: shape.width,
                k: count,
                to: values + valuesSize(first),
                scratch: scratch
            )
        }
    }

    /// Floats that `queries` needs to round in.
    func roundedSize(queries: Int) -> Int { kernels.rounds ? queries * kernels.rowSize(shape.width) : 0 }

    /// The queries of one head as the left side of a product, and floats from one to the next.
    func queries(
        _ q: UnsafePointer<Float>,
        _ count: Int,
        rounded: UnsafeMutablePointer<Float>
    ) -> (rows: UnsafePointer<Float>, row: Int) {
        guard kernels.rounds else { return (q, shape.row) }
        let row = kernels.rowSize(shape.width)
        kernels.roundRows(q, count, shape.width, row: shape.row, to: rounded, row: row)
        return (UnsafePointer(rounded), row)
    }

    /// The scores of `count` queries for the block of keys from `first` on, in rows `stride` apart.
    func multiply(
        _ queries: (rows: UnsafePointer<Float>, row: Int),
        _ count: Int,
        keys: UnsafePointer<Float>,
        from first: Int,
        to scores: UnsafeMutablePointer<Float>,
        stride: Int
    ) {
        kernels.multiply(
            pk_product(
                m: count,
                n: padded(min(Self.block, shape.keys - first)),
                k: shape.width,
                a: queries.rows,
                a_row: queries.row,
                a_step: 1,
                packed: keys + keysSize(before: first),
                start: nil,
                start_stride: 0,
                c: scores,
                c_stride: stride
            )
        )
    }

    /// What `count` rows of scores for the block of keys from `first` on make of its values, added to what earlier blocks
    /// made. The scores may be other numbers afterwards.
    func multiply(
        scores: UnsafeMutablePointer<Float>,
        _ count: Int,
        stride: Int,
        values: UnsafePointer<Float>,
        from first: Int,
        to y: UnsafeMutablePointer<Float>
    ) {
        let n = min(Self.block, shape.keys - first)
        kernels.roundRows(scores, count, n, row: stride, to: scores, row: stride)
        kernels.multiply(
            pk_product(
                m: count,
                n: shape.width,
                k: n,
                a: scores,
                a_row: stride,
                a_step: 1,
                packed: values + valuesSize(first),
                start: first == 0 ? nil : UnsafePointer(y),
                start_stride: shape.row,
                c: y,
                c_stride: shape.row
            )
        )
    }
}

/// The gradients of q, and of k and v if wanted. The probabilities of one tile of queries are computed anew at a time.
///
/// ds = p (dp - sum(p dp)) with dp = dy vᵀ; zero keys drop out, as their dp is 0. Sums over queries, and over the batch
/// where keys are shared, are made for fixed groups of tiles and added up in order.
///
/// - Parameters:
///   - dq: as q, or nil
///   - dkv: as k and v, or nil
///   - others: as for `attentionForward`
public func attentionBackward(
    _ shape: AttentionShape,
    q: UnsafePointer<Float>,
    k: UnsafePointer<Float>,
    v: UnsafePointer<Float>,
    scale: Float,
    sharedKeys: Bool,
    zeroKeys: Int,
    causal: Bool,
    dy: UnsafePointer<Float>,
    dq: UnsafeMutablePointer<Float>?,
    dkv: (dk: UnsafeMutablePointer<Float>, dv: UnsafeMutablePointer<Float>)?
) {
    let tile = gradientTile(keys: shape.keys)
    let tiles = (shape.queries + tile - 1) / tile
    // More than one group for each head only where there are few heads: each needs its own sums.
    let groups = dkv == nil ? tiles : min(tiles, max(1, 16 / max(1, shape.batch * shape.heads)))
    let size = shape.keys * shape.row
    // Of each batch (or of all, if shared) the first part's sums are made in place, the others beside.
    let partsPerSum = sharedKeys ? shape.batch * groups : groups
    let sums = sharedKeys ? 1 : shape.batch
    let others = UnsafeMutablePointer<Float>.allocate(
        capacity: max(1, dkv == nil ? 0 : 2 * sums * (partsPerSum - 1) * size)
    )
    defer { others.deallocate() }
    let place = { (whole: UnsafeMutablePointer<Float>, which: Int, part: Int) in
        let (sum, piece) = (part / partsPerSum, part % partsPerSum)
        return piece == 0 ? whole + sum * size : others + ((which * sums + sum) * (partsPerSum - 1) + piece - 1) * size
    }
    let scratch = 2 * tile * shape.keys
    Parallel.forEach(shape.batch * shape.heads * groups, work: 2 * shape.work, scratch: scratch) { index, p in
        let (group, head) = (index % groups, index / groups % shape.heads)
        let b = index / groups / shape.heads
        let keyOffset = (sharedKeys ? 0 : b) * size + head * shape.width
        let keys = Matrix(k + keyOffset, stride: shape.row)
        let keysAcross = Matrix(k + keyOffset, stride: shape.row, transposed: true)
        let valuesAcross = Matrix(v + keyOffset, stride: shape.row, transposed: true)
        let part = group * tiles / groups..<(group + 1) * tiles / groups
        let dp = p + tile * shape.keys
        for first in part.map({ $0 * tile }) {
            let count = min(tile, shape.queries - first)
            let offset = (b * shape.queries + first) * shape.row + head * shape.width
            let (queries, gradient) = (Matrix(q + offset, stride: shape.row), Matrix(dy + offset, stride: shape.row))
            gemm(
                count,
                shape.keys,
                shape.width,
                queries,
                keysAcross,
                p,
                stride: shape.keys,
                precision: shape.precision
            )
            pk_softmax(p, count, shape.keys, scale, zeroKeys, causal ? first : -1)
            gemm(
                count,
                shape.keys,
                shape.width,
                gradient,
                valuesAcross,
                dp,
                stride: shape.keys,
                precision: shape.precision
            )
            // A group's first tile starts its sums.
            let start: GemmStart = first == part.lowerBound * tile ? .zeros : .present
            let addToKeys = { (scores: UnsafePointer<Float>, x: Matrix, sums: UnsafeMutablePointer<Float>) in
                gemm(
                    shape.keys,
                    shape.width,
                    count,
                    Matrix(scores, stride: shape.keys, transposed: true),
                    x,
                    from: start,
                    sums + head * shape.width,
                    stride: shape.row,
                    precision: shape.precision
                )
            }
            if let dkv { addToKeys(p, gradient, place(dkv.dv, 1, b * groups + group)) }
            pk_softmax_backward(p, dp, count, shape.keys, scale)
            if let dq {
                gemm(
                    count,
                    shape.width,
                    shape.keys,
                    Matrix(dp, stride: shape.keys),
                    keys,
                    dq + offset,
                    stride: shape.row,
                    precision: shape.precision
                )
            }
            if let dkv { addToKeys(dp, queries, place(dkv.dk, 0, b * groups + group)) }
        }
    }
    guard let dkv, partsPerSum > 1 else { return }
    for sum in 0..<sums {
        for (which, whole) in [dkv.dk, dkv.dv].enumerated() {
            let parts = (1..<partsPerSum).map { UnsafePointer(place(whole, which, sum * partsPerSum + $0)) }
            addInOrder(parts, to: whole + sum * size, count: size)
        }
    }
}

/// Queries whose scores fill about four megabytes.
private func gradientTile(keys: Int) -> Int { max(32, min(512, (1 << 20) / max(1, keys))) }
