import Tensors

/// Multi-head attention; cross-attention also takes identities, as PuLID adds them.
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

    /// x (B, L, C) -> (B, L, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        toOut(scaledDotProductAttention(toQ(x), toK(x), toV(x), heads: heads))
    }

    /// x (B, L, C) -> (B, L, C). Every identity sees the text attention alone, not what the others
    /// add, so that their order matters in the last bits alone.
    ///
    /// - Parameter grid: the L pixels' height and width
    func callAsFunction(_ x: Tensor, text: TextConditioning, identities: [IDConditioning], grid: PixelGrid) -> Tensor {
        let q = toQ(x)
        let context = text[attention: number]
        text.recorder?.record(.init(attention: number, query: q, key: context.k, heads: heads))
        let h = scaledDotProductAttention(q, context.k, context.v, heads: heads)
        return toOut(
            identities.reduce(h) { x, identity in
                identity.added(to: x, beside: h, query: q, heads: heads, attention: number, grid: grid)
            }
        )
    }
}
