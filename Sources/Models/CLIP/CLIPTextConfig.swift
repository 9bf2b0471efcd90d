/// What a text encoder's `config.json` says, under the file's own keys; transformers' defaults for those it lacks.
///
/// transformers: models/clip/configuration_clip.py::CLIPTextConfig
public struct CLIPTextConfig: Hashable, Sendable {
    public enum Activation: String, Hashable, Sendable, CaseIterable {
        case quickGELU = "quick_gelu"
        case gelu
    }

    public let vocabSize: Int
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let projectionDim: Int
    public let numHiddenLayers: Int
    public let numAttentionHeads: Int
    public let maxPositionEmbeddings: Int
    public let hiddenAct: Activation
    public let layerNormEps: Float
    /// Where the pooled state is taken: at the first of these in a text. 2, which old files have by mistake, stands for
    /// the largest id of the text.
    public let eosTokenID: Int

    /// The defaults are transformers'.
    ///
    /// - Throws: `ModelConfigError` for what no text encoder has
    public init(
        vocabSize: Int = 49408,
        hiddenSize: Int = 512,
        intermediateSize: Int = 2048,
        projectionDim: Int = 512,
        numHiddenLayers: Int = 12,
        numAttentionHeads: Int = 8,
        maxPositionEmbeddings: Int = 77,
        hiddenAct: Activation = .quickGELU,
        layerNormEps: Float = 1e-5,
        eosTokenID: Int = 49407
    ) throws {
        let check = SettingsCheck(model: Self.model)
        try check.size(vocabSize, "vocab_size", in: 1...1 << 24)
        try check.size(hiddenSize, "hidden_size")
        try check.size(intermediateSize, "intermediate_size")
        try check.size(projectionDim, "projection_dim")
        try check.size(numHiddenLayers, "num_hidden_layers", in: SettingsCheck.layers)
        try check.require(
            numAttentionHeads > 0 && hiddenSize % numAttentionHeads == 0,
            "num_attention_heads",
            numAttentionHeads,
            "it has to divide the hidden_size \(hiddenSize)"
        )
        try check.size(maxPositionEmbeddings, "max_position_embeddings")
        try check.epsilon(layerNormEps, "layer_norm_eps")
        self.vocabSize = vocabSize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.projectionDim = projectionDim
        self.numHiddenLayers = numHiddenLayers
        self.numAttentionHeads = numAttentionHeads
        self.maxPositionEmbeddings = maxPositionEmbeddings
        self.hiddenAct = hiddenAct
        self.layerNormEps = layerNormEps
        self.eosTokenID = eosTokenID
    }

    fileprivate static let model = "CLIP text encoder"
}

extension CLIPTextConfig: Decodable {
    private enum Key: String, CodingKey {
        case vocabSize = "vocab_size"
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case projectionDim = "projection_dim"
        case numHiddenLayers = "num_hidden_layers"
        case numAttentionHeads = "num_attention_heads"
        case maxPositionEmbeddings = "max_position_embeddings"
        case hiddenAct = "hidden_act"
        case layerNormEps = "layer_norm_eps"
        case eosTokenID = "eos_token_id"
    }

    /// - Throws: `DecodingError`; `ModelConfigError` for what no text encoder has
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func read<Value: Decodable>(_ key: Key, default value: Value) throws -> Value {
            try fields.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        let usual = try Self()
        let activation = try read(.hiddenAct, default: usual.hiddenAct.rawValue)
        guard let hiddenAct = Activation(rawValue: activation) else {
            throw ModelConfigError.unsupported(
                model: Self.model,
                key: Key.hiddenAct.rawValue,
                value: activation,
                supported: Activation.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        try self.init(
            vocabSize: read(.vocabSize, default: usual.vocabSize),
            hiddenSize: read(.hiddenSize, default: usual.hiddenSize),
            intermediateSize: read(.intermediateSize, default: usual.intermediateSize),
            projectionDim: read(.projectionDim, default: usual.projectionDim),
            numHiddenLayers: read(.numHiddenLayers, default: usual.numHiddenLayers),
            numAttentionHeads: read(.numAttentionHeads, default: usual.numAttentionHeads),
            maxPositionEmbeddings: read(.maxPositionEmbeddings, default: usual.maxPositionEmbeddings),
            hiddenAct: hiddenAct,
            layerNormEps: read(.layerNormEps, default: usual.layerNormEps),
            eosTokenID: read(.eosTokenID, default: usual.eosTokenID)
        )
    }
}
