import Tensors

/// Latents attend to a context and to themselves.
///
/// PuLID: pulid/encoders_transformer.py::PerceiverAttention
struct PerceiverAttention: Sendable {
    /// Of the context.
    let norm1: LayerNorm
    /// Of the latents.
    let norm2: LayerNorm
    let toQ: Linear
    /// Keys, then values.
    let toKV: Linear
    let toOut: Linear
    let heads: Int

    init(_ w: Weights, width: Int, inner: Int, headWidth: Int) throws {
        norm1 = try LayerNorm(w / "norm1", channels: width)
        norm2 = try LayerNorm(w / "norm2", channels: width)
        toQ = try Linear(w / "to_q", from: width, to: inner, bias: false)
        toKV = try Linear(w / "to_kv", from: width, to: 2 * inner, bias: false)
        toOut = try Linear(w / "to_out", from: inner, to: width, bias: false)
        heads = inner / headWidth
    }

    /// context (B, T, C), latents (B, L, C) -> (B, L, C)
    func callAsFunction(_ context: Tensor, _ latents: Tensor) -> Tensor {
        let latents = norm2(latents)
        let q = toQ(latents)
        let kv = toKV(.concatenated([norm1(context), latents], axis: 1))
        let inner = q.shape[2]
        let (k, v) = (kv.sliced(axis: 2, 0..<inner), kv.sliced(axis: 2, inner..<2 * inner))
        return toOut(scaledDotProductAttention(q, k, v, heads: heads))
    }
}

/// PuLID: pulid/encoders_transformer.py::FeedForward; `0` is its LayerNorm, `1` and `3` are its linear layers.
struct PerceiverFeedForward: Sendable {
    let norm: LayerNorm
    let first: Linear
    let second: Linear

    init(_ w: Weights, width: Int, inner: Int) throws {
        norm = try LayerNorm(w / 0, channels: width)
        first = try Linear(w / 1, from: width, to: inner, bias: false)
        second = try Linear(w / 3, from: inner, to: width, bias: false)
    }

    /// (B, L, C) -> (B, L, C)
    func callAsFunction(_ x: Tensor) -> Tensor { second(first(norm(x)).gelu()) }
}
