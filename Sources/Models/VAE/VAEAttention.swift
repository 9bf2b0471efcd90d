import Tensors

/// diffusers: models/attention_processor.py::Attention as the autoencoder's middle has it: one head over all pixels.
struct VAEAttention: Sendable {
    let groupNorm: GroupNorm
    let toQ, toK, toV, toOut: Linear

    init(_ w: Weights, channels C: Int, groups: Int) throws {
        // Checkpoints from before diffusers 0.18 (SD 1.5's, among others) have the older names.
        let isOld = w.contains("query.weight")
        groupNorm = try GroupNorm(w / "group_norm", groups: groups, channels: C, eps: 1e-6)
        toQ = try Linear(w / (isOld ? "query" : "to_q"), from: C, to: C)
        toK = try Linear(w / (isOld ? "key" : "to_k"), from: C, to: C)
        toV = try Linear(w / (isOld ? "value" : "to_v"), from: C, to: C)
        toOut = try Linear(w / (isOld ? "proj_attn" : "to_out.0"), from: C, to: C)
    }

    /// (B, H, W, C) -> (B, H, W, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (B, H, W, C) = x.shape4
        let h = groupNorm(x).reshaped([B, H * W, C])
        let attended = scaledDotProductAttention(toQ(h), toK(h), toV(h), heads: 1)
        return x + toOut(attended).reshaped(x.shape)
    }
}
