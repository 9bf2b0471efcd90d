import Tensors

/// Multi-head attention; cross-attention also takes an identity, as PuLID adds it.
///
/// diffusers: models/attention_processor.py::Attention, AttnProcessor2_0; PuLID: pulid/attention_processor.py
struct Attention: Sendable {
    let toQ: Linear
    let toK: Linear
    let toV: Linear
    let toOut: Linear
    let heads: Int
    /// Its number among the UNet's attentions, by which identity adapters are found.
    let number: Int

    init(_ w: Weights, channels: Int, context: Int? = nil, heads: Int, number: Int) throws {
        toQ = try Linear(w / "to_q", from: channels, to: channels, bias: false)
        toK = try Linear(w / "to_k", from: context ?? channels, to: channels, bias: false)
        toV = try Linear(w / "to_v", from: context ?? channels, to: channels, bias: false)
        toOut = try Linear(w / "to_out" / 0, from: channels, to: channels)
        self.heads = heads
        self.number = number
    }

    /// x (B, L, C), context (B, T, Ct) or x itself -> (B, L, C)
    func callAsFunction(_ x: Tensor, context: Tensor? = nil, identity: IDConditioning? = nil) -> Tensor {
        let q = toQ(x)
        let context = context ?? x
        var h = scaledDotProductAttention(q, toK(context), toV(context), heads: heads)
        if let identity { h = identity.applied(to: h, query: q, heads: heads, attention: number) }
        return toOut(h)
    }
}
