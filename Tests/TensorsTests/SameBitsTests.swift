import CKernels
import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Results have the same bits whatever the number of threads, and whichever instruction set runs the float loops.
@Suite struct SameBitsTests {
    /// Every parallel operation with sizes that are cut into several pieces; the second part is the gradients' inputs.
    private static let operations: [(String, [[Int]], @Sendable ([Tensor]) -> Tensor)] = [
        ("linear", [[700, 65], [130, 65], [130]], { $0[0].linear($0[1], bias: $0[2]) }),
        (
            "conv2d", [[2, 37, 33, 5], [19, 3, 3, 5], [19]],
            {
                $0[0].conv2d($0[1], bias: $0[2], stride: 1, padding: (1, 1))
            }
        ),
        (
            "conv2d by 2", [[2, 41, 67, 4], [300, 3, 3, 4], [300]],
            {
                $0[0].conv2d($0[1], bias: $0[2], stride: 2, padding: (0, 1))
            }
        ),
        (
            "conv2d pointwise", [[2, 40, 40, 7], [9, 1, 1, 7], [9]],
            {
                $0[0].conv2d($0[1], bias: $0[2], stride: 1, padding: (0, 0))
            }
        ),
        (
            "attention", [[2, 1100, 12], [2, 600, 12], [2, 600, 12]],
            {
                scaledDotProductAttention($0[0], $0[1], $0[2], heads: 3)
            }
        ),
        (
            "attention, shared keys", [[3, 600, 8], [1, 500, 8], [1, 500, 8]],
            {
                scaledDotProductAttention($0[0], $0[1], $0[2], heads: 2, zeroKeys: 5)
            }
        ),
        (
            "attention, causal", [[1, 700, 8], [1, 700, 8], [1, 700, 8]],
            {
                scaledDotProductAttention($0[0], $0[1], $0[2], heads: 1, causal: true)
            }
        ),
        ("layer norm", [[3000, 37], [37], [37]], { $0[0].layerNorm($0[1], $0[2], eps: 1e-5) }),
        (
            "group norm", [[2, 61, 43, 30], [30], [30]],
            {
                $0[0].groupNorm($0[1], $0[2], groups: 5, eps: 1e-5, silu: true)
            }
        ),
        ("softmax", [[900, 77]], { $0[0].softmax(scale: 0.3) }),
        ("l2", [[900, 77]], { $0[0].l2Normalized() }),
        ("silu", [[100_003]], { $0[0].silu() }),
        ("gelu", [[100_003]], { $0[0].gelu() }),
        ("geglu", [[900, 94]], { $0[0].geglu() }),
        ("arithmetic", [[333, 301], [333, 301], [301]], { ($0[0] * $0[1] - $0[0] / 3).multipliedByRow($0[2]) }),
        ("sum", [[100_003]], { $0[0].sum() }),
        ("mean of the middle", [[3, 700, 55]], { $0[0].meanOfMiddle() }),
        ("upsampling", [[2, 30, 20, 9]], { $0[0].upsampledNearest2x() }),
        ("channels last", [[2, 70, 61, 43]], { $0[0].channelsLast() }),
        ("channels first", [[2, 61, 43, 70]], { $0[0].channelsFirst() }),
        ("first axes", [[211, 31, 17]], { $0[0].swappingFirstAxes() }),
        ("slice", [[3, 900, 31]], { $0[0].sliced(axis: 1, 3..<870) }),
        ("first rows", [[900, 131]], { $0[0].sliced(axis: 0, 1..<899) }),
    ]

    /// Gradients too are computed by the kernels that were asked for: those without fused multiply-adds round otherwise.
    @Test(arguments: ["linear", "conv2d", "conv2d by 2", "attention", "attention, shared keys"])
    func gradientsOfAnyKernels(_ name: String) throws {
        let (_, shapes, function) = try #require(Self.operations.first { $0.0 == name })
        var random = TorchRandomSource(seed: 12)
        let inputs = shapes.map { random.normal($0).tracked() }
        let seed = random.normal(function(inputs).shape)
        func bits(_ kernels: KernelLevel, _ threads: Int) -> [[UInt32]] {
            ComputeSettings.with(kernels: kernels, threads: threads) {
                let y = function(inputs)
                return ([y] + gradients(of: y, seed: seed, for: inputs)).map { $0.values.map(\.bitPattern) }
            }
        }
        var fused: [[UInt32]]?
        for kernels in KernelLevel.allCases where kernels.isAvailable {
            let alone = bits(kernels, 1)
            for threads in [3, 8] {
                let same = bits(kernels, threads) == alone
                #expect(same, "\(kernels), \(threads) threads")
            }
            if kernels == .unfused {
                if KernelLevel.best != .unfused {
                    let usual = bits(.best, 1)
                    // All but a bias's gradient, which is a sum of what arrives.
                    for (i, (a, b)) in zip(alone, usual).enumerated() where i < 3 {
                        let differ = a != b
                        #expect(differ, "number \(i) did not take the kernels that were asked for")
                    }
                }
            } else {
                let same = fused == nil || fused == alone
                #expect(same, "\(kernels)")
                fused = alone
            }
        }
    }

    @Test(arguments: operations.map(\.0))
    func anyNumberOfThreads(_ name: String) throws {
        let (_, shapes, function) = try #require(Self.operations.first { $0.0 == name })
        var random = TorchRandomSource(seed: 11)
        let inputs = shapes.map { random.normal($0).tracked() }
        let seed = random.normal(ComputeSettings.with(threads: 1) { function(inputs).shape })
        let runs = [1, 2, 3, 8].map { width in
            ComputeSettings.with(threads: width) {
                let y = function(inputs)
                return [y] + gradients(of: y, seed: seed, for: inputs)
            }
        }
        #expect(runs[0].count == inputs.count + 1)
        #expect(runs[0].allSatisfy { $0.values.contains { $0 != 0 } && $0.values.allSatisfy(\.isFinite) })
        for run in runs.dropFirst() {
            for (a, b) in zip(run, runs[0]) { #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern)) }
        }
    }

    /// Every loop on odd sizes and unusual numbers, by each instruction set: the bits of AVX2 and AVX-512 are the same,
    /// and the baseline's but for exp and erf, which fuse multiplying and adding elsewhere.
    @Test func anyInstructionSet() throws {
        let baseline = try #require(pk_loops_at(0)).pointee
        for n in [1, 7, 8, 9, 15, 16, 17, 24, 33, 100, 515] {
            guard let narrow = pk_loops_at(1) else { break }
            let expected = outputs(narrow.pointee, n)
            for (loop, reference) in zip(outputs(baseline, n), expected) {
                #expect(loop.name == reference.name && loop.isClose(to: reference), "\(loop.name), rows of \(n)")
                if !loop.isByPolynomial { #expect(loop.bits == reference.bits, "\(loop.name), rows of \(n)") }
            }
            guard let wide = pk_loops_at(2) else { continue }
            for (loop, reference) in zip(outputs(wide.pointee, n), expected) {
                #expect(loop.bits == reference.bits, "\(loop.name), rows of \(n)")
            }
        }
        #expect(pk_loops_at(3) == nil && pk_loops_at(-1) == nil)
    }

    /// What one loop made.
    private struct Output {
        let name: String
        let values: [Double]

        /// With all NaNs alike: which payload survives is the processor's choice.
        var bits: [UInt64] { values.map { $0.isNaN ? 0 : $0.bitPattern } }
        var isByPolynomial: Bool {
            [
                "silu", "sigmoid", "gelu", "quick_gelu", "exp", "geglu", "softmax", "identity_softmax",
                "channel_affine", "channel_gradient",
            ].contains { name.hasPrefix($0) }
        }

        /// Of what stays in bounds; the unusual numbers below lead beyond.
        func isClose(to other: Output) -> Bool {
            values.count == other.values.count
                && zip(values, other.values).allSatisfy { a, b in
                    !(abs(a) < 1e6 && abs(b) < 1e6) || abs(a - b) <= 1e-4 * max(abs(a), abs(b), 1)
                }
        }
    }

    /// Everything that `loops` computes over rows of `n`.
    private func outputs(_ loops: pk_loops, _ n: Int) -> [Output] {
        let rows = 5
        var random = TorchRandomSource(seed: UInt64(n))
        func numbers(_ count: Int) -> [Float] { random.normal(count).map { $0 * 4 } }
        var x = numbers(2 * rows * n)
        // What a careless loop treats differently.
        let special: [Float] = [
            0, -0.0, 88.7, 88.8, -87.4, -103.9, -104, 1e-40, -1e-40, .infinity, -.infinity, .nan, 1e30, -1e30, 0.5, 1,
        ]
        let (z, v, w, m) = (numbers(2 * rows * n), numbers(2 * n), numbers(2 * n), numbers(2 * n))
        let p = numbers(rows)
        var results: [Output] = []
        func record(_ name: String, _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
            var y = (0..<max(count, 4 * rows * n)).map { z[$0 % z.count] }
            y.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
            results.append(Output(name: name, values: y.prefix(count).map(Double.init)))
        }
        func recordDoubles(_ name: String, _ body: (UnsafeMutablePointer<Double>) -> Void) {
            var y = [Double](repeating: 0.25, count: 2 * n)
            y.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
            results.append(Output(name: name, values: y))
        }
        let all = rows * n
        for pass in 0..<2 {
            if pass == 1 { for (i, value) in special.enumerated() where i * 3 < x.count { x[i * 3] = value } }
            record("add", all) { loops.add(x, z, $0, all) }
            record("sub", all) { loops.sub(x, z, $0, all) }
            record("mul", all) { loops.mul(x, z, $0, all) }
            record("affine", all) { loops.affine(x, 1.3, -0.2, $0, all) }
            record("accumulate", all) { loops.accumulate(x, 0.7, $0, all) }
            record("add_row", all) { loops.add_row(x, v, $0, rows, n) }
            record("mul_row", all) { loops.mul_row(x, v, $0, rows, n) }
            record("dot", 1) { $0[0] = loops.dot(x, z, all) }
            record("sum", 1) { $0[0] = loops.sum(x, all) }
            record("silu", all) { loops.silu(x, $0, all) }
            record("sigmoid", all) { loops.sigmoid(x, $0, all) }
            record("gelu", all) { loops.gelu(x, $0, all) }
            record("quick_gelu", all) { loops.quick_gelu(x, $0, all) }
            record("leaky_relu", all) { loops.leaky_relu(x, 0.1, $0, all) }
            record("exp", all) { loops.exp(x, $0, all) }
            record("silu_backward", all) { loops.silu_backward(x, z, $0, all) }
            record("gelu_backward", all) { loops.gelu_backward(x, z, $0, all) }
            record("quick_gelu_backward", all) { loops.quick_gelu_backward(x, z, $0, all) }
            record("leaky_relu_backward", all) { loops.leaky_relu_backward(x, 0.1, z, $0, all) }
            record("geglu", all) { loops.geglu(x, $0, rows, n) }
            record("geglu_backward", 2 * all) { loops.geglu_backward(x, z, $0, rows, n) }
            for (zeros, causal) in [(0, -1), (3, -1), (0, 0), (2, n / 2)] {
                record("softmax", all) {
                    $0.update(from: x, count: all)
                    loops.softmax($0, rows, n, 0.3, zeros, causal)
                }
            }
            for (seen, top) in [(n, -Float.infinity), (n - 2, 0)] {
                let stride = (n + 15) / 16 * 16
                record("softmax_block", rows * stride + 2 * all) { scores in
                    for i in 0..<all { scores[i / n * stride + i % n] = x[i] }
                    let y = scores + rows * stride
                    var (tops, sums) = ([Float](repeating: top, count: rows), [Float](repeating: 1, count: rows))
                    loops.softmax_block(scores, stride, rows, n, 0.3, seen, &tops, &sums, y, n, n)
                    for (i, value) in (tops + sums).prefix(all).enumerated() { y[all + i] = value }
                }
            }
            for (zeros, first) in [(0, 5), (3, 5), (20, n + 3)] {
                let stride = (n + 15) / 16 * 16
                record("identity_softmax", rows * stride + rows) { scores in
                    scores.update(repeating: 0, count: rows * stride + rows)
                    for i in 0..<all { scores[i / n * stride + i % n] = x[i] }
                    loops.identity_softmax(scores, stride, rows, n, 0.3, zeros, first, scores + rows * stride)
                    for i in 0..<rows * stride where i % stride >= n { scores[i] = 0 }
                }
            }
            record("add_projected", all) { loops.add_projected(z, x, z, w, p, p, $0, rows, n) }
            record("add_projected, r alone", all) { loops.add_projected(x, x, z, nil, p, p, $0, rows, n) }
            recordDoubles("projection_sums") { loops.projection_sums(x, z, rows, n, $0, $0 + n) }
            record("softmax_backward", all) { loops.softmax_backward(x, $0, rows, n, 0.3) }
            record("layer_norm", all) { loops.layer_norm(x, v, w, 1e-5, $0, rows, n) }
            record("layer_norm_backward", all) { loops.layer_norm_backward(x, v, 1e-5, z, $0, nil, rows, n) }
            record("layer_norm_backward, weight", n) { dweight in
                var dx = z
                loops.layer_norm_backward(x, v, 1e-5, z, &dx, dweight, rows, n)
            }
            recordDoubles("channel_sums") { loops.channel_sums(x, rows, n, $0) }
            recordDoubles("channel_squares") { loops.channel_squares(x, m, rows, n, $0) }
            recordDoubles("channel_gradient_sums") {
                loops.channel_gradient_sums(x, z, v, w, m, Int32(pass), rows, n, $0, $0 + n)
            }
            record("channel_affine", all) { loops.channel_affine(x, v, w, $0, rows, n, Int32(pass)) }
            record("channel_affine_backward", all) {
                loops.channel_affine_backward(x, z, v, w, m, w, v, Int32(1 - pass), $0, rows, n)
            }
            record("rotate_pairs", all) { loops.rotate_pairs(x, z, x, $0, all) }
        }
        return results
    }
}
