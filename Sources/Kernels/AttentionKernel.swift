import CKernels

/// The sizes of one attention: `heads` heads of `width` floats side by side in each row of q, k, v and the output.
public struct AttentionShape {
    public let batch: Int
    public let queries: Int
    public let keys: Int
    public let heads: Int
    public let width: Int

    public init(batch: Int, queries: Int, keys: Int, heads: Int, width: Int) {
        self.batch = batch
        self.queries = queries
        self.keys = keys
        self.heads = heads
        self.width = width
    }

    /// Floats in one row of q, k, v or the output.
    var row: Int { heads * width }
}

/// y = softmax(q kᵀ scale) v for each head; the scores of one tile of queries are in memory at a time.
///
/// - Parameters:
///   - q: [batch, queries, heads * width], y the same
///   - k: [batch or 1, keys, heads * width], v the same
///   - sharedKeys: k and v hold one batch for all
///   - zeroKeys: further keys and values of zero: each is one more exp(0) in the denominator
///   - causal: query i sees keys 0 ... i
public func attentionForward(
    _ shape: AttentionShape, q: UnsafePointer<Float>, k: UnsafePointer<Float>, v: UnsafePointer<Float>, scale: Float,
    sharedKeys: Bool, zeroKeys: Int, causal: Bool, y: UnsafeMutablePointer<Float>
) {
    let tile = queryTile(keys: shape.keys)
    let tiles = (shape.queries + tile - 1) / tile
    Parallel.forEach(shape.batch * shape.heads * tiles) { index in
        let (part, head) = (index % tiles, index / tiles % shape.heads)
        let b = index / tiles / shape.heads
        let first = part * tile
        let count = min(tile, shape.queries - first)
        let queryOffset = (b * shape.queries + first) * shape.row + head * shape.width
        let keyOffset = (sharedKeys ? 0 : b) * shape.keys * shape.row + head * shape.width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * shape.keys) { buffer in
            guard let scores = buffer.baseAddress else { return }
            gemmSerial(
                count, shape.keys, shape.width, Matrix(q + queryOffset, stride: shape.row),
                Matrix(k + keyOffset, stride: shape.row, transposed: true), scores, stride: shape.keys)
            pk_softmax(scores, count, shape.keys, scale, zeroKeys, causal ? first : -1)
            gemmSerial(
                count, shape.width, shape.keys, Matrix(scores, stride: shape.keys),
                Matrix(v + keyOffset, stride: shape.row), y + queryOffset, stride: shape.row)
        }
    }
}

/// Queries whose scores fill about a megabyte.
private func queryTile(keys: Int) -> Int { max(16, min(512, (1 << 18) / max(1, keys))) }
