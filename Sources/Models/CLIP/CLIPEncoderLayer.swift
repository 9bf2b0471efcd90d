import Tensors

/// transformers: models/clip/modeling_clip.py::CLIPEncoderLayer
struct CLIPEncoderLayer: Sendable {
    private let layerNorm1: LayerNorm
    private let layerNorm2: LayerNorm
    private let selfAttn: CLIPAttention
    private let mlp: CLIPMLP

    init(_ w: Weights, config: CLIPTextConfig) throws {
        layerNorm1 = try LayerNorm(w / "layer_norm1", channels: config.hiddenSize, eps: config.layerNormEps)
        layerNorm2 = try LayerNorm(w / "layer_norm2", channels: config.hiddenSize, eps: config.layerNormEps)
        selfAttn = try CLIPAttention(w / "self_attn", config: config)
        mlp = try CLIPMLP(w / "mlp", config: config)
    }

    /// x (B, L, C) -> (B, L, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = x + selfAttn(layerNorm1(x))
        return h + mlp(layerNorm2(h))
    }
}

/// Causal self-attention.
///
/// transformers: models/clip/modeling_clip.py::CLIPAttention
struct CLIPAttention: Sendable {
    private let qProj: Linear
    private let kProj: Linear
    private let vProj: Linear
    private let outProj: Linear
    private let heads: Int

    init(_ w: Weights, config: CLIPTextConfig) throws {
        let width = config.hiddenSize
        qProj = try Linear(w / "q_proj", from: width, to: width)
        kProj = try Linear(w / "k_proj", from: width, to: width)
        vProj = try Linear(w / "v_proj", from: width, to: width)
        outProj = try Linear(w / "out_proj", from: width, to: width)
        heads = config.numAttentionHeads
    }

    /// x (B, L, C) -> (B, L, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        outProj(scaledDotProductAttention(qProj(x), kProj(x), vProj(x), heads: heads, causal: true))
    }
}

/// transformers: models/clip/modeling_clip.py::CLIPMLP
struct CLIPMLP: Sendable {
    private let fc1: Linear
    private let fc2: Linear
    private let activation: CLIPTextConfig.Activation

    init(_ w: Weights, config: CLIPTextConfig) throws {
        fc1 = try Linear(w / "fc1", from: config.hiddenSize, to: config.intermediateSize)
        fc2 = try Linear(w / "fc2", from: config.intermediateSize, to: config.hiddenSize)
        activation = config.hiddenAct
    }

    /// x (..., C) -> (..., C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = fc1(x)
        switch activation {
        case .quickGELU: return fc2(h.quickGELU())
        case .gelu: return fc2(h.gelu())
        }
    }
}
