import Kernels

/// x + weight (r + ...): what an identity's attention r = softmax(q kᵀ / sqrt(d)) v adds beside the text's; see
/// `IdentityProjection`. No gradient is recorded.
///
/// - Parameters:
///   - q: (B, L, heads d), as x and h
///   - k: (B or 1, T, heads d); a batch of 1 is shared by all of q
///   - v: as k
///   - zeroKeys: as many further keys and values of zero
///   - weight: (B, L, 1)
/// - Returns: (B, L, heads d)
public func identityAttention(
    _ q: Tensor,
    _ k: Tensor,
    _ v: Tensor,
    heads: Int,
    zeroKeys: Int,
    beside h: Tensor,
    projection: IdentityProjection,
    onto x: Tensor,
    weight: Tensor
) -> Tensor {
    let (B, L, C) = q.shape3
    let (Bk, T, Ck) = k.shape3
    require(
        C == Ck && k.shape == v.shape && (Bk == B || Bk == 1) && C % heads == 0 && L > 0 && T > 0
            && h.shape == q.shape && x.shape == q.shape && weight.shape == [B, L, 1],
        "identity attention of \(q.shape) over \(k.shape) beside \(h.shape) with weights of \(weight.shape)"
    )
    require(![q, k, v, h, x, weight].contains { $0.needsGradient }, "identity attention records no gradient")
    return Tensor(q.shape) { y in
        identityAttentionForward(
            AttentionShape(batch: B, queries: L, keys: T, heads: heads, width: C / heads),
            q: q.pointer,
            k: k.pointer,
            v: v.pointer,
            scale: 1 / Float(C / heads).squareRoot(),
            sharedKeys: Bk == 1,
            zeroKeys: zeroKeys,
            beside: h.pointer,
            projection: projection,
            onto: x.pointer,
            weight: weight.pointer,
            y: y
        )
    }
}
