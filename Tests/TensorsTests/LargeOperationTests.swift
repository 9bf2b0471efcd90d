import TensorTestSupport
import Tensors
import Testing

/// Sizes that are cut into several pieces, which the goldens are too small for.
@Suite struct LargeOperationTests {
    private func normal(_ shape: [Int], seed: UInt64) -> Tensor {
        var random = TorchRandomSource(seed: seed)
        return random.normal(shape)
    }

    /// The gradient of one output value is the window it was computed from, wherever it lies in the picture.
    @Test(arguments: [(1, 1, 1), (2, 0, 1), (3, 1, 0)])
    func convolutionGradientsAcrossBands(_ stride: Int, _ before: Int, _ after: Int) {
        let (B, H, W, C, O, k) = (2, 40, 70, 2, 3, 3)
        let x = normal([B, H, W, C], seed: 1).tracked()
        let weight = normal([O, k, k, C], seed: 2).tracked()
        let y = x.conv2d(weight, bias: nil, stride: stride, padding: (before, after))
        let (_, outHeight, outWidth, _) = y.shape4
        for row in 0..<outHeight {
            let (b, column, o) = (row % B, row * 7 % outWidth, row % O)
            var seed = [Float](repeating: 0, count: y.count)
            seed[((b * outHeight + row) * outWidth + column) * O + o] = 1
            var dx = [Float](repeating: 0, count: x.count)
            var dweight = [Float](repeating: 0, count: weight.count)
            for ky in 0..<k {
                for kx in 0..<k {
                    let (r, c) = (row * stride - before + ky, column * stride - before + kx)
                    guard (0..<H).contains(r), (0..<W).contains(c) else { continue }
                    for channel in 0..<C {
                        let (i, j) = (((b * H + r) * W + c) * C + channel, ((o * k + ky) * k + kx) * C + channel)
                        dx[i] = weight.values[j]
                        dweight[j] = x.values[i]
                    }
                }
            }
            let found = gradients(of: y, seed: Tensor(seed, shape: y.shape), for: [x, weight])
            #expect(found[0].values == dx, "row \(row)")
            #expect(found[1].values == dweight, "row \(row)")
        }
    }

    /// One head over many tiles of queries, against the same attention made of matrix products and a softmax.
    @Test(arguments: [(1, 1), (2, 2), (3, 1)])
    func attentionGradientsAcrossTiles(_ batch: Int, _ keyBatch: Int) {
        let (queries, keys, width) = (1100, 30, 6)
        let q = normal([batch, queries, width], seed: 1).tracked()
        let k = normal([keyBatch, keys, width], seed: 2).tracked()
        let v = normal([keyBatch, keys, width], seed: 3).tracked()
        let seed = normal(q.shape, seed: 4)
        let y = scaledDotProductAttention(q, k, v, heads: 1, scale: 0.4)
        let parts = (0..<batch).map { b in
            let picture = { (x: Tensor, b: Int) in
                x.sliced(axis: 0, b..<b + 1).reshaped(Array(x.shape.dropFirst()))
            }
            let own = keyBatch == 1 ? 0 : b
            let p = picture(q, b).linear(picture(k, own)).softmax(scale: 0.4)
            return p.linear(picture(v, own).transposed()).reshaped([1, queries, width])
        }
        let expected = Tensor.concatenated(parts, axis: 0)
        assertClose(y, expected, relative: 6.6e-7, "y")
        let found = gradients(of: y, seed: seed, for: [q, k, v])
        for (name, pair) in zip("qkv", zip(found, gradients(of: expected, seed: seed, for: [q, k, v]))) {
            assertClose(pair.0, pair.1, relative: 3.2e-6, "d\(name)")
        }
    }

    /// A parameter's gradient over many rows or pictures is the sum of those over fewer.
    @Test func parameterGradientsAddUp() {
        func compare(_ name: String, _ x: Tensor, _ shapes: [[Int]], _ function: (Tensor, [Tensor]) -> Tensor) {
            let parameters = shapes.enumerated().map { normal($1, seed: UInt64($0 + 5)).tracked() }
            let seed = normal(function(x, parameters).shape, seed: 9)
            let whole = gradients(of: function(x, parameters), seed: seed, for: parameters)
            var sums = shapes.map { Tensor.zeros($0) }
            for i in 0..<x.shape[0] {
                let part = function(x.sliced(axis: 0, i..<i + 1), parameters)
                let found = gradients(of: part, seed: seed.sliced(axis: 0, i..<i + 1), for: parameters)
                sums = zip(sums, found).map { $0 + $1 }
            }
            for (i, pair) in zip(whole, sums).enumerated() {
                assertClose(pair.0, pair.1, relative: 6e-6, "\(name) \(i)")
            }
        }
        compare("layer norm", normal([6, 900, 40], seed: 1), [[40], [40]]) { $0.layerNorm($1[0], $1[1], eps: 1e-5) }
        compare("group norm", normal([5, 31, 43, 12], seed: 2), [[12], [12]]) {
            $0.groupNorm($1[0], $1[1], groups: 3, eps: 1e-5, silu: true)
        }
        compare("linear", normal([7, 300, 20], seed: 3), [[70, 20], [70]]) { $0.linear($1[0], bias: $1[1]) }
        compare("conv2d", normal([10, 23, 29, 4], seed: 4), [[300, 3, 3, 4], [300]]) {
            $0.conv2d($1[0], bias: $1[1], padding: (1, 1))
        }
    }
}
