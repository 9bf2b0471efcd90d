import Kernels

/// softmax(q kᵀ scale) v for `heads` heads that lie side by side in each row.
///
/// - Parameters:
///   - q: (B, Lq, heads d)
///   - k: (B or 1, Lk, heads d); a batch of 1 is shared by all of q
///   - v: as k
///   - scale: 1 / sqrt(d) unless given
///   - zeroKeys: as many further keys and values of zero, which are never made: each adds exp(0) to the denominator
///   - causal: position i sees positions 0 ... i
/// - Returns: (B, Lq, heads d)
public func scaledDotProductAttention(
    _ q: Tensor,
    _ k: Tensor,
    _ v: Tensor,
    heads: Int,
    scale: Float? = nil,
    zeroKeys: Int = 0,
    causal: Bool = false
) -> Tensor {
    let (B, Lq, C) = q.shape3
    let (Bk, Lk, Ck) = k.shape3
    require(
        C == Ck && k.shape == v.shape && (Bk == B || Bk == 1) && C % heads == 0 && Lq > 0 && Lk > 0,
        "attention of \(q.title) over \(k.title) and \(v.title) with \(heads) heads"
    )
    let shape = AttentionShape(batch: B, queries: Lq, keys: Lk, heads: heads, width: C / heads)
    let scale = scale ?? 1 / Float(C / heads).squareRoot()
    require(scale > 0, "attention with a scale of \(scale)")
    let y = Tensor(q.shape) { y in
        attentionForward(
            shape,
            q: q.pointer,
            k: k.pointer,
            v: v.pointer,
            scale: scale,
            sharedKeys: Bk == 1,
            zeroKeys: zeroKeys,
            causal: causal,
            y: y
        )
    }
    let wants = [q, k, v].map(\.needsGradient)
    return y.recorded(from: q, k, v) { [q = q.detached(), k = k.detached(), v = v.detached()] dy in
        let dq = wants[0] ? Tensor(blank: q.shape) : nil
        let dkv = wants[1] || wants[2] ? (dk: Tensor(blank: k.shape), dv: Tensor(blank: v.shape)) : nil
        Tensor.observed {
            attentionBackward(
                shape,
                q: q.pointer,
                k: k.pointer,
                v: v.pointer,
                scale: scale,
                sharedKeys: Bk == 1,
                zeroKeys: zeroKeys,
                causal: causal,
                dy: dy.pointer,
                dq: dq?.storage.base,
                dkv: dkv.map { ($0.dk.storage.base, $0.dv.storage.base) }
            )
        }
        return [dq, dkv?.dk, dkv?.dv]
    }
}
