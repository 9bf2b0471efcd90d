import Kernels
import TensorTestSupport
import Tensors
import Testing

/// The kernel of two sweeps beside the formulas, written with single operations.
@Suite("Identity attention")
struct IdentityAttentionTests {
    private struct Inputs {
        let q, k, v, h, x, weight: Tensor

        init(batch: Int, pixels: Int, tokens: Int, channels: Int, sharesKeys: Bool) {
            var random = TorchRandomSource(seed: UInt64(pixels * tokens + channels))
            func numbers(_ shape: [Int], _ scale: Float) -> Tensor {
                Tensor(random.normal(shape.reduce(1, *)).map { $0 * scale }, shape: shape)
            }
            q = numbers([batch, pixels, channels], 0.6)
            k = numbers([sharesKeys ? 1 : batch, tokens, channels], 0.6)
            v = numbers(k.shape, 1)
            h = numbers(q.shape, 2)
            x = numbers(q.shape, 1)
            weight = numbers([batch, pixels, 1], 1)
        }
    }

    @Test(arguments: [(2, 300, 5, 8), (1, 84, 32, 20), (2, 85, 3, 2), (1, 17, 300, 0), (2, 40, 4, 0)])
    func isWhatTheFormulasSay(batch: Int, pixels: Int, tokens: Int, zeros: Int) {
        for sharesKeys in [true, false] {
            let heads = 3
            let i = Inputs(batch: batch, pixels: pixels, tokens: tokens, channels: 60, sharesKeys: sharesKeys)
            let r = scaledDotProductAttention(i.q, i.k, i.v, heads: heads, zeroKeys: zeros)
            let ratio = (i.h * r).meanOfMiddle() / (i.h * i.h).meanOfMiddle()
            let projection = i.h * ratio.repeatedAlongMiddle(pixels)
            let away = lookingAtFirst(i.q, i.k, heads: heads, zeros: zeros, first: 5) + -1
            let cases: [(IdentityProjection, Tensor)] = [
                (.kept, r), (.removed, r - projection),
                (.removedAwayFrom(tokens: 5), r + projection.multipliedByColumn(away)),
            ]
            for (projection, sum) in cases {
                let found = [1, 2, 5].map { threads in
                    ComputeSettings.with(threads: threads) {
                        identityAttention(
                            i.q,
                            i.k,
                            i.v,
                            heads: heads,
                            zeroKeys: zeros,
                            beside: i.h,
                            projection: projection,
                            onto: i.x,
                            weight: i.weight
                        )
                    }
                }
                assertClose(found[0], i.x + sum.multipliedByColumn(i.weight), relative: 3.7e-7, "\(projection)")
                #expect(found[0].values == found[1].values && found[0].values == found[2].values)
            }
        }
    }

    @Test func withoutATextAttentionThereIsNothingToProjectOn() {
        let i = Inputs(batch: 1, pixels: 20, tokens: 5, channels: 12, sharesKeys: true)
        let r = scaledDotProductAttention(i.q, i.k, i.v, heads: 2, zeroKeys: 1)
        let found = identityAttention(
            i.q,
            i.k,
            i.v,
            heads: 2,
            zeroKeys: 1,
            beside: .zeros(i.h.shape),
            projection: .removed,
            onto: i.x,
            weight: i.weight
        )
        assertClose(found, i.x + r.multipliedByColumn(i.weight), relative: 2.8e-7, "h = 0")
    }

    /// The mean over heads of what the first of all keys, zeros last, have of softmax(q kᵀ), in doubles.
    private func lookingAtFirst(_ q: Tensor, _ k: Tensor, heads: Int, zeros: Int, first: Int) -> Tensor {
        let (B, L, C) = (q.shape[0], q.shape[1], q.shape[2])
        let (T, width) = (k.shape[1], C / heads)
        let (queries, keys) = (q.values, k.values)
        let shares = (0..<B * L).map { row -> Float in
            let shares = (0..<heads).map { head -> Double in
                let logits = (0..<T + zeros).map { t -> Double in
                    guard t < T else { return 0 }
                    let key = ((k.shape[0] == 1 ? 0 : row / L) * T + t) * C
                    return (head * width..<(head + 1) * width).reduce(0.0) {
                        $0 + Double(queries[row * C + $1]) * Double(keys[key + $1])
                    }
                }
                let weights = Tensor(logits.map { Float($0) }, shape: [logits.count]).softmax().values
                return weights.prefix(first).reduce(0.0) { $0 + Double($1) }
            }
            return Float(shares.reduce(0, +) / Double(heads))
        }
        return Tensor(shares, shape: [B, L, 1])
    }
}
