import Kernels
import Tensors

/// CLIP's text encoder; the first of SDXL.
///
/// transformers: models/clip/modeling_clip.py::CLIPTextModel
public struct CLIPTextModel: Sendable {
    public let config: CLIPTextConfig
    private let tokenEmbedding: Embedding
    private let positionEmbedding: Embedding
    private let layers: [CLIPEncoderLayer]
    private let finalLayerNorm: LayerNorm

    public struct Output: Sendable {
        /// (B, L, C): before the last layer, and before any final norm; `hidden_states[-2]` of the reference.
        public let penultimateHiddenState: Tensor
        /// (B, L, C): after the final norm.
        public let lastHiddenState: Tensor
        /// (B, C): the last state at each text's end.
        public let pooled: Tensor
    }

    /// Finds its tensors below `text_model`, as the files of the Hub have them, or without that prefix, as
    /// transformers 5 writes them.
    ///
    /// - Throws: `WeightsError`, `ModelConfigError`
    public init(_ w: Weights, config: CLIPTextConfig) throws {
        // Old files also hold the position ids, and some the projection that only the second encoder uses.
        w.ignore { $0.hasSuffix("embeddings.position_ids") || $0.hasSuffix("text_projection.weight") }
        let hasPrefix = !w.contains("embeddings.token_embedding.weight")
        try self.init(unprefixed: hasPrefix ? w / "text_model" : w, config: config)
    }

    init(unprefixed w: Weights, config: CLIPTextConfig) throws {
        self.config = config
        let embeddings = w / "embeddings"
        tokenEmbedding = try Embedding(
            embeddings / "token_embedding",
            count: config.vocabSize,
            channels: config.hiddenSize
        )
        positionEmbedding = try Embedding(
            embeddings / "position_embedding",
            count: config.maxPositionEmbeddings,
            channels: config.hiddenSize
        )
        layers = try (0..<config.numHiddenLayers).map {
            try CLIPEncoderLayer(w / "encoder" / "layers" / $0, config: config)
        }
        finalLayerNorm = try LayerNorm(
            w / "final_layer_norm",
            channels: config.hiddenSize,
            eps: config.layerNormEps
        )
    }

    /// - Parameters:
    ///   - ids: (B, L), all below `vocabSize`, with L at most `maxPositionEmbeddings`
    ///   - learned: vectors that stand in place of tokens, by their place among the B L; each of `hiddenSize`
    public func callAsFunction(_ ids: [[Int]], learned: [Int: [Float]] = [:]) -> Output {
        let (B, L, C) = (ids.count, ids.first?.count ?? 0, config.hiddenSize)
        require(ids.allSatisfy { $0.count == L }, "texts of different lengths")
        require(L <= config.maxPositionEmbeddings, "\(L) tokens, at most \(config.maxPositionEmbeddings) fit")

        // 1. Embeddings
        let positions = positionEmbedding(ids.flatMap { $0.indices })
        let tokens = tokenEmbedding(ids.flatMap { $0 }).replacingRows(learned)
        var x = (tokens + positions).reshaped([B, L, C])

        // 2. Layers
        var penultimate = x
        for layer in layers {
            penultimate = x
            x = layer(x)
        }

        // 3. The state at the end of each text
        let last = finalLayerNorm(x)
        let ends = ids.enumerated().map { row, ids in row * L + poolingPosition(ids) }
        return Output(
            penultimateHiddenState: penultimate,
            lastHiddenState: last,
            pooled: last.reshaped([B * L, C]).rows(at: ends)
        )
    }

    /// An id that a learned vector replaces must not be that of a text's end.
    private func poolingPosition(_ ids: [Int]) -> Int {
        let wanted = config.eosTokenID == 2 ? ids.max() : config.eosTokenID
        return ids.firstIndex { $0 == wanted } ?? 0
    }
}

extension Tensor {
    /// x (n, C) with some rows replaced, by their index.
    fileprivate func replacingRows(_ rows: [Int: [Float]]) -> Tensor {
        guard !rows.isEmpty else { return self }
        let width = shape[1]
        var values = values
        for (index, row) in rows {
            require(row.count == width, "\(row.count) values for a row of \(width)")
            values.replaceSubrange(index * width..<(index + 1) * width, with: row)
        }
        return Tensor(values, shape: shape)
    }
}
