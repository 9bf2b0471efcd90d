import Tensors

/// Self-attention, cross-attention and a gated feed-forward, each after a LayerNorm and added back.
///
/// diffusers: models/attention.py::BasicTransformerBlock
struct BasicTransformerBlock: Sendable {
    let norm1: LayerNorm
    let norm2: LayerNorm
    let norm3: LayerNorm
    let attn1: Attention
    let attn2: Attention
    let ff: FeedForward

    init(_ w: Weights, channels: Int, context: Int, heads: Int, numbering: inout AttentionNumbering) throws {
        norm1 = try LayerNorm(w / "norm1", channels: channels)
        attn1 = try Attention(w / "attn1", channels: channels, heads: heads, number: numbering.next())
        norm2 = try LayerNorm(w / "norm2", channels: channels)
        attn2 = try Attention(
            w / "attn2",
            channels: channels,
            context: context,
            heads: heads,
            number: numbering.next()
        )
        norm3 = try LayerNorm(w / "norm3", channels: channels)
        ff = try FeedForward(w / "ff", channels: channels)
    }

    /// x (B, L, C) -> (B, L, C)
    func callAsFunction(_ x: Tensor, text: TextConditioning, identities: [IDConditioning], grid: PixelGrid) -> Tensor {
        var x = x + attn1(norm1(x))
        x = x + attn2(norm2(x), text: text, identities: identities, grid: grid)
        return x + ff(norm3(x))
    }
}

/// diffusers: models/attention.py::FeedForward with activations.py::GEGLU
struct FeedForward: Sendable {
    let proj: Linear
    let out: Linear

    init(_ w: Weights, channels: Int) throws {
        proj = try Linear(w / "net" / 0 / "proj", from: channels, to: 8 * channels)
        out = try Linear(w / "net" / 2, from: 4 * channels, to: channels)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { out(proj(x).geglu()) }
}

/// Counts attentions in the order of diffusers' `attn_processors`: down blocks, up blocks, middle block, two to each
/// transformer block. PuLID's adapters are numbered by it.
struct AttentionNumbering {
    private(set) var count = 0

    mutating func next() -> Int {
        defer { count += 1 }
        return count
    }
}
