import CKernels

/// Which part of an identity's attention r is kept from overwriting the text's, h. The projection of r on h is
/// sum(h r) / sum(h h) h for each channel, the sums over all pixels, and 0 where h is 0.
public enum IdentityProjection: Sendable {
    /// r
    case kept
    /// r less its projection
    case removed
    /// r less the projection as far as a pixel looks away from the first `tokens` keys: r + (a - 1) projection, with a the
    /// mean over heads of what these keys have of softmax(q kᵀ), unscaled, zero keys included.
    case removedAwayFrom(tokens: Int)
}

/// y = base + weight (r + ...), with r = softmax(q kᵀ scale) v and its projection as `projection` says.
///
/// In two sweeps over bands of queries: one makes r, both softmaxes from the same products of queries and keys, and the
/// band's sums for the projection, tile by tile while they are in the cache; the other adds. Sums of bands are added up
/// in order.
///
/// - Parameters:
///   - q: [batch, queries, heads * width]; h, base and y the same
///   - k: [batch or 1, keys, heads * width], v the same
///   - sharedKeys: k and v hold one batch for all
///   - zeroKeys: further keys and values of zero
///   - weight: [batch, queries]
///   - y: not the memory of base or h
public func identityAttentionForward(
    _ shape: AttentionShape,
    q: UnsafePointer<Float>,
    k: UnsafePointer<Float>,
    v: UnsafePointer<Float>,
    scale: Float,
    sharedKeys: Bool,
    zeroKeys: Int,
    beside h: UnsafePointer<Float>,
    projection: IdentityProjection,
    onto base: UnsafePointer<Float>,
    weight: UnsafePointer<Float>,
    y: UnsafeMutablePointer<Float>
) {
    let bands = (shape.queries + band - 1) / band
    let tasks = shape.batch * bands
    let channels = shape.row
    let tile = queryTile(channels: channels)
    let isKept = if case .kept = projection { true } else { false }
    let tokens = if case .removedAwayFrom(let tokens) = projection { tokens } else { 0 }
    // Of each band and channel sum(h h), then sum(h r); of each pixel a - 1.
    var sums = [Double](repeating: 0, count: tasks * 2 * channels)
    var away = [Float](repeating: -1, count: shape.batch * shape.queries)

    // 1. r, into y.
    let packed = PackedKeys(shape, batch: sharedKeys ? 1 : shape.batch)
    let stride = packed.padded(shape.keys)
    sums.withUnsafeMutableBufferPointer { sums in
        away.withUnsafeMutableBufferPointer { away in
            guard let sums = sums.baseAddress, let away = away.baseAddress else { return }
            FloatPool.shared.with(packed.size) { memory in
                packed.fill(memory, k: k, v: v)
                let scores = tile * stride
                let scratch = scores + tile + packed.roundedSize(queries: tile)
                Parallel.forEach(tasks, work: shape.work, scratch: scratch) { task, p in
                    let (b, start) = (task / bands, task % bands * band)
                    let end = min(shape.queries, start + band)
                    // Of each query what all heads see of the first tokens, if it counts.
                    let shares = tokens > 0 ? p + scores : nil
                    let totals = sums + task * 2 * channels
                    for first in Swift.stride(from: start, to: end, by: tile) {
                        let count = min(tile, end - first)
                        let pixel = b * shape.queries + first
                        shares?.update(repeating: 0, count: count)
                        for head in 0..<shape.heads {
                            let offset = pixel * channels + head * shape.width
                            let (keys, values) = packed.head((sharedKeys ? 0 : b) * shape.heads + head, in: memory)
                            let queries = packed.queries(q + offset, count, rounded: p + scores + tile)
                            packed.multiply(queries, count, keys: keys, to: p, stride: stride)
                            pk_identity_softmax(p, stride, count, shape.keys, scale, zeroKeys, tokens, shares)
                            packed.multiply(scores: p, count, stride: stride, values: values, to: y + offset)
                        }
                        if isKept { continue }
                        if let shares {
                            for i in 0..<count { away[pixel + i] = shares[i] / Float(shape.heads) - 1 }
                        }
                        let (h, r) = (h + pixel * channels, y + pixel * channels)
                        pk_projection_sums(h, r, count, channels, totals, totals + channels)
                    }
                }
            }
        }
    }

    // 2. Its projection, and the sum.
    let ratios = (0..<shape.batch * channels).map { i -> Float in
        let (b, c) = (i / channels, i % channels)
        var (squares, products) = (0.0, 0.0)
        for task in b * bands..<(b + 1) * bands {
            squares += sums[task * 2 * channels + c]
            products += sums[(task * 2 + 1) * channels + c]
        }
        return squares == 0 ? 0 : Float(products / squares)
    }
    ratios.withUnsafeBufferPointer { ratios in
        away.withUnsafeBufferPointer { away in
            guard let ratios = ratios.baseAddress, let away = away.baseAddress else { return }
            Parallel.forEach(tasks, work: 4 * shape.batch * shape.queries * channels) { task in
                let (b, first) = (task / bands, task % bands * band)
                let pixel = b * shape.queries + first
                let start = pixel * channels
                pk_add_projected(
                    base + start,
                    y + start,
                    h + start,
                    isKept ? nil : ratios + b * channels,
                    away + pixel,
                    weight + pixel,
                    y + start,
                    min(band, shape.queries - first),
                    channels
                )
            }
        }
    }
}

/// Queries that one task takes, for all heads.
private let band = 84

/// Queries whose q, h and r fill about a third of a megabyte; they are whole tiles of every kernel where there are many.
private func queryTile(channels: Int) -> Int { min(band, max(14, (1 << 15) / channels / 14 * 14)) }

extension PackedKeys {
    /// All scores of `count` queries, in rows `stride` apart.
    fileprivate func multiply(
        _ queries: (rows: UnsafePointer<Float>, row: Int),
        _ count: Int,
        keys: UnsafePointer<Float>,
        to scores: UnsafeMutablePointer<Float>,
        stride: Int
    ) {
        for first in Swift.stride(from: 0, to: shape.keys, by: Self.block) {
            multiply(queries, count, keys: keys, from: first, to: scores + first, stride: stride)
        }
    }

    /// What `count` rows of scores make of the values. The scores may be other numbers afterwards.
    fileprivate func multiply(
        scores: UnsafeMutablePointer<Float>,
        _ count: Int,
        stride: Int,
        values: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>
    ) {
        for first in Swift.stride(from: 0, to: shape.keys, by: Self.block) {
            multiply(scores: scores + first, count, stride: stride, values: values, from: first, to: y)
        }
    }
}
