import Kernels
import Tensors

/// An identity ready for a UNet: the keys and values of its tokens in every cross-attention, computed once, and how
/// strongly and in what way they act.
///
/// PuLID: pulid/attention_processor.py::IDAttnProcessor2_0
public struct IDConditioning: Sendable {
    /// How identity attention is kept from overwriting what the text attention says.
    public enum Ortho: String, Sendable, CaseIterable {
        /// All of it is added.
        case off
        /// Only the part orthogonal to the text attention is added.
        case v1
        /// As v1 where a pixel looks away from the identity's first tokens, less so where it looks at them.
        case v2
    }

    /// By the attention's number.
    let attentions: [Int: KeysAndValues]
    let scale: Float
    /// Tokens of zero that take part in the softmax: the more, the weaker the identity.
    let numZero: Int
    let ortho: Ortho
    /// Where the identity acts; nil for everywhere.
    let mask: IdentityMask?

    /// The same identity without its history: no gradient flows back to its tokens.
    public func detached() -> IDConditioning {
        IDConditioning(
            attentions: attentions.mapValues { KeysAndValues(k: $0.k.detached(), v: $0.v.detached()) },
            scale: scale,
            numZero: numZero,
            ortho: ortho,
            mask: mask
        )
    }

    /// x + scale (r + ...), after the text attention and before the output projection; x where this attention has no
    /// adapter. A mask weighs this sum as it is without one: the projection is that of all pixels.
    ///
    /// - Parameters:
    ///   - x: the text attention's result with what other identities added, (B, L, C)
    ///   - h: the text attention's result, (B, L, C)
    ///   - q: its queries, (B, L, C)
    ///   - grid: the L pixels' height and width
    func added(
        to x: Tensor,
        beside h: Tensor,
        query q: Tensor,
        heads: Int,
        attention: Int,
        grid: PixelGrid
    ) -> Tensor {
        guard let id = attentions[attention] else { return x }
        // Step by step where a gradient flows back, which is in training alone.
        if [x, h, q, id.k, id.v].contains(where: \.needsGradient) {
            return x + residual(id, beside: h, query: q, heads: heads, grid: grid)
        }
        let (B, L) = (h.shape[0], h.shape[1])
        return identityAttention(
            q,
            id.k,
            id.v,
            heads: heads,
            zeroKeys: numZero,
            beside: h,
            projection: projection,
            onto: x,
            weight: mask.map { $0.column(grid, batch: B) * scale } ?? Tensor(repeating: scale, shape: [B, L, 1])
        )
    }

    private var projection: IdentityProjection {
        switch ortho {
        case .off: .kept
        case .v1: .removed
        case .v2: .removedAwayFrom(tokens: Self.firstTokens)
        }
    }

    /// Those that v2 looks at.
    private static let firstTokens = 5

    /// scale (r + ...), step by step.
    private func residual(
        _ id: KeysAndValues,
        beside h: Tensor,
        query q: Tensor,
        heads: Int,
        grid: PixelGrid
    ) -> Tensor {
        let r = scaledDotProductAttention(q, id.k, id.v, heads: heads, zeroKeys: numZero)
        let sum: Tensor
        switch ortho {
        case .off: sum = r
        case .v1: sum = r - projection(of: r, on: h)
        case .v2:
            let a = attentionToFirstTokens(q, id.k, heads: heads)
            sum = r + projection(of: r, on: h).multipliedByColumn(a + -1)
        }
        let scaled = sum * scale
        return mask.map { scaled.multipliedByColumn($0.column(grid, batch: h.shape[0])) } ?? scaled
    }

    /// sum(h r) / sum(h h) h, per channel, the sums over all pixels; 0 where h is 0, as without a negative prompt, for
    /// which the reference divides 0 by 0.
    private func projection(of r: Tensor, on h: Tensor) -> Tensor {
        let squares = (h * h).meanOfMiddle()
        let whereZero = Tensor(squares.values.map { $0 == 0 ? 1 : 0 }, shape: squares.shape)
        let ratio = (h * r).meanOfMiddle() / (squares + whereZero)
        return h * ratio.repeatedAlongMiddle(h.shape[1])
    }

    /// How much each pixel looks at the first five tokens, zero tokens among them if there are fewer: softmax(q kᵀ),
    /// unscaled, mean over heads -> (B, L, 1).
    private func attentionToFirstTokens(_ q: Tensor, _ k: Tensor, heads: Int) -> Tensor {
        let (_, T, C) = k.shape3
        // Attending to values of 1 for these tokens and 0 for the rest gives each head's share in all its channels.
        let isFirst = Tensor(
            (0..<T).flatMap { Array(repeating: Float($0 < Self.firstTokens ? 1 : 0), count: C) },
            shape: [1, T, C]
        )
        let indicator = k.shape[0] == 1 ? isFirst : .concatenated(Array(repeating: isFirst, count: k.shape[0]), axis: 0)
        let share = scaledDotProductAttention(q, k, indicator, heads: heads, scale: 1, zeroKeys: numZero).meanOfLast()
        let early = min(numZero, Self.firstTokens - T)
        // What the tokens do not have, the zeros share.
        return early > 0 ? share + (share * -1 + 1) * (Float(early) / Float(numZero)) : share
    }
}
