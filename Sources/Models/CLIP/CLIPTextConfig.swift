/// What a text encoder's `config.json` says, under the file's own keys; transformers' defaults for those it lacks.
///
/// transformers: models/clip/configuration_clip.py::CLIPTextConfig
public struct CLIPTextConfig: Hashable, Sendable {
    public enum Activation: String, Hashable, Sendable, CaseIterable {
        case quickGELU = "quick_gelu"
        case gelu
    }

    public var vocabSize = 49408
    public var hiddenSize = 512
    public var intermediateSize = 2048
    public var projectionDim = 512
    public var numHiddenLayers = 12
    public var numAttentionHeads = 8
    public var maxPositionEmbeddings = 77
    public var hiddenAct = Activation.quickGELU
    public var layerNormEps: Float = 1e-5
    /// Where the pooled state is taken: at the first of these in a text. 2, which old files have by mistake, stands for
    /// the largest id of the text.
    public var eosTokenID = 49407

    /// The defaults of transformers.
    public init() {}

    /// - Throws: `ModelConfigError` for sizes that no text encoder has. They may come from a file, so they are checked
    ///   before anything is computed from them.
    func validate() throws {
        func check(_ holds: Bool, _ key: String, _ value: Int, _ reason: String) throws {
            if holds { return }
            throw ModelConfigError.invalid(model: "CLIP text encoder", key: key, value: "\(value)", reason: reason)
        }
        let width = 1...(1 << 16)
        try check((1...1 << 24).contains(vocabSize), "vocab_size", vocabSize, "1 to 16777216 are expected")
        try check(width.contains(hiddenSize), "hidden_size", hiddenSize, "1 to 65536 are expected")
        try check(width.contains(intermediateSize), "intermediate_size", intermediateSize, "1 to 65536 are expected")
        try check(width.contains(projectionDim), "projection_dim", projectionDim, "1 to 65536 are expected")
        try check((1...1024).contains(numHiddenLayers), "num_hidden_layers", numHiddenLayers, "1 to 1024 are expected")
        try check(
            numAttentionHeads > 0 && hiddenSize % numAttentionHeads == 0,
            "num_attention_heads",
            numAttentionHeads,
            "it has to divide the hidden_size \(hiddenSize)"
        )
        try check(
            width.contains(maxPositionEmbeddings),
            "max_position_embeddings",
            maxPositionEmbeddings,
            "1 to 65536 are expected"
        )
    }
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

    /// - Throws: `DecodingError`; `ModelConfigError` for an activation that CLIP does not have.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
            if let found = try fields.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        try read(.vocabSize, into: &vocabSize)
        try read(.hiddenSize, into: &hiddenSize)
        try read(.intermediateSize, into: &intermediateSize)
        try read(.projectionDim, into: &projectionDim)
        try read(.numHiddenLayers, into: &numHiddenLayers)
        try read(.numAttentionHeads, into: &numAttentionHeads)
        try read(.maxPositionEmbeddings, into: &maxPositionEmbeddings)
        try read(.layerNormEps, into: &layerNormEps)
        try read(.eosTokenID, into: &eosTokenID)
        if let name = try fields.decodeIfPresent(String.self, forKey: .hiddenAct) {
            guard let activation = Activation(rawValue: name) else {
                throw ModelConfigError.unsupported(
                    model: "CLIP text encoder",
                    key: "hidden_act",
                    value: name,
                    supported: Activation.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            hiddenAct = activation
        }
    }
}
