import Tensors

/// PuLID: eva_clip/eva_vit_model.py::Block, pre-norm
struct EVABlock: Sendable {
    let norm1, norm2: LayerNorm
    let attn: EVAAttention
    let mlp: SwiGLU

    init(_ w: Weights, _ config: EVAVisionTransformer.Config) throws {
        norm1 = try LayerNorm(w / "norm1", channels: config.width, eps: 1e-6)
        attn = try EVAAttention(w / "attn", channels: config.width, heads: config.heads)
        norm2 = try LayerNorm(w / "norm2", channels: config.width, eps: 1e-6)
        mlp = try SwiGLU(w / "mlp", channels: config.width, hidden: config.mlpWidth)
    }

    /// (B, tokens, C) -> (B, tokens, C)
    func callAsFunction(_ x: Tensor, rope: VisionRotaryEmbedding) -> Tensor {
        let h = x + attn(norm1(x), rope: rope)
        return h + mlp(norm2(h))
    }
}

/// PuLID: eva_clip/eva_vit_model.py::Attention with `subln`: q and v have a bias, k has none, and the result is
/// normalised before the last matrix.
struct EVAAttention: Sendable {
    let qProj, kProj, vProj: Linear
    let qBias, vBias: Tensor
    let innerAttnLn: LayerNorm
    let proj: Linear
    let heads: Int

    init(_ w: Weights, channels C: Int, heads: Int) throws {
        qProj = try Linear(w / "q_proj", from: C, to: C, bias: false)
        kProj = try Linear(w / "k_proj", from: C, to: C, bias: false)
        vProj = try Linear(w / "v_proj", from: C, to: C, bias: false)
        qBias = try w.tensor("q_bias", shape: [C], initial: .zeros)
        vBias = try w.tensor("v_bias", shape: [C], initial: .zeros)
        innerAttnLn = try LayerNorm(w / "inner_attn_ln", channels: C, eps: 1e-6)
        proj = try Linear(w / "proj", from: C, to: C)
        self.heads = heads
    }

    /// (B, tokens, C) -> (B, tokens, C)
    func callAsFunction(_ x: Tensor, rope: VisionRotaryEmbedding) -> Tensor {
        let q = rope(x.linear(qProj.weight, bias: qBias))
        let k = rope(kProj(x))
        let v = x.linear(vProj.weight, bias: vBias)
        return proj(innerAttnLn(scaledDotProductAttention(q, k, v, heads: heads)))
    }
}

/// PuLID: eva_clip/eva_vit_model.py::SwiGLU with `subln`
struct SwiGLU: Sendable {
    let w1, w2, w3: Linear
    let ffnLn: LayerNorm

    init(_ w: Weights, channels: Int, hidden: Int) throws {
        w1 = try Linear(w / "w1", from: channels, to: hidden)
        w2 = try Linear(w / "w2", from: channels, to: hidden)
        ffnLn = try LayerNorm(w / "ffn_ln", channels: hidden, eps: 1e-6)
        w3 = try Linear(w / "w3", from: hidden, to: channels)
    }

    /// (..., C) -> (..., C)
    func callAsFunction(_ x: Tensor) -> Tensor { w3(ffnLn(w1(x).silu() * w2(x))) }
}
