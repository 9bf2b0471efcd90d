import TensorTestSupport
import Tensors
import Testing

/// Each operation and its gradients against PyTorch (scripts/goldens/tensors.py), and the gradients against difference
/// quotients.
@Suite struct OperationTests {
    private let golden = Golden("operations.safetensors", #filePath)

    /// Compares `function` of the golden inputs, and the gradient of each, with case `name`. Where the true gradient is
    /// 0, PyTorch's is a rounding error of at most `noise`.
    private func check(
        _ name: String,
        _ inputs: [String] = ["x"],
        relative: Float = 2e-6,
        noise: Float = 0,
        _ function: ([Tensor]) -> Tensor,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        let values = inputs.map { golden["\(name).\($0)"] }
        let leaves = values.map { $0.tracked() }
        let y = function(leaves)
        assertClose(y, golden["\(name).y"], relative: relative, name, sourceLocation: sourceLocation)
        let dy = golden["\(name).dy"]
        let found = gradients(of: y, seed: dy, for: leaves)
        for (input, gradient) in zip(inputs, found) {
            let expected = golden["\(name).d\(input)"]
            if gradient.shape == expected.shape, difference(gradient, expected).largestAbsolute <= noise { continue }
            assertClose(
                gradient,
                expected,
                relative: relative,
                "\(name).d\(input)",
                sourceLocation: sourceLocation
            )
        }
        // Inputs that are not tracked change nothing, and one that is tracked alone has the same gradient.
        #expect(function(values).values == y.values, "\(name)", sourceLocation: sourceLocation)
        for i in inputs.indices {
            let leaf = values[i].tracked()
            var arguments = values
            arguments[i] = leaf
            let alone = gradients(of: function(arguments), seed: dy, for: [leaf])[0]
            #expect(alone.values == found[i].values, "\(name).d\(inputs[i]) alone", sourceLocation: sourceLocation)
        }
        checkSlopes(name, values, dy, found, function, sourceLocation: sourceLocation)
    }

    /// The change of sum(y dy) along a few elements of each input.
    private func checkSlopes(
        _ name: String,
        _ values: [Tensor],
        _ dy: Tensor,
        _ found: [Tensor],
        _ function: ([Tensor]) -> Tensor,
        sourceLocation: Testing.SourceLocation
    ) {
        let step: Float = 1.0 / 64
        for (i, value) in values.enumerated() {
            let scale = found[i].values.reduce(0) { max($0, abs($1)) }
            for element in [0, value.count / 3, value.count - 1] {
                func loss(_ change: Float) -> Double {
                    var changed = value.values
                    changed[element] += change
                    var arguments = values
                    arguments[i] = Tensor(changed, shape: value.shape)
                    let y = function(arguments)
                    return zip(y.values, dy.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                }
                let slope = Float((loss(step) - loss(-step)) / Double(2 * step))
                #expect(
                    abs(slope - found[i].values[element]) < 0.02 * scale + 1e-3,
                    "\(name), input \(i) at \(element)",
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    @Test(arguments: [
        ("3x3", 1, 1, 1), ("odd", 1, 1, 1), ("column", 1, 1, 1), ("row", 1, 1, 1), ("stride2", 2, 1, 1),
        ("asymmetric", 2, 0, 1), ("pointwise", 1, 0, 0), ("pointwise2", 2, 0, 0), ("7x7", 2, 3, 3),
        ("patches", 4, 0, 0),
    ])
    func conv2d(_ name: String, _ stride: Int, _ before: Int, _ after: Int) {
        check("conv2d.\(name)", ["x", "weight", "bias"]) { i in
            i[0].channelsLast().conv2d(i[1].channelsLast(), bias: i[2], stride: stride, padding: (before, after))
                .channelsFirst()
        }
    }

    @Test(arguments: [
        ("self", 2, 0, false), ("batch", 3, 0, false), ("shared", 2, 0, false), ("zeros", 2, 8, false),
        ("sharedzeros", 1, 20, false), ("causal", 2, 0, true), ("one", 1, 0, false), ("onekey", 2, 0, false),
        ("twokeys", 1, 0, false), ("long", 1, 0, false),
    ])
    func attention(_ name: String, _ heads: Int, _ zeroKeys: Int, _ causal: Bool) {
        check("attention.\(name)", ["q", "k", "v"], noise: name == "onekey" ? 1e-6 : 0) { i in
            scaledDotProductAttention(i[0], i[1], i[2], heads: heads, zeroKeys: zeroKeys, causal: causal)
        }
    }

    @Test(arguments: ["rows", "odd", "one", "three", "wide", "single"])
    func normsOfRows(_ name: String) {
        let noise: Float = name == "one" ? 2e-5 : 0
        check("layer_norm.\(name)", ["x", "weight", "bias"], noise: noise) { $0[0].layerNorm($0[1], $0[2], eps: 1e-5) }
        check("layer_norm_plain.\(name)", noise: noise) { $0[0].layerNorm(nil, nil, eps: 1e-6) }
        check("softmax.\(name)") { $0[0].softmax(scale: 0.7) }
        // One number over its own length is its sign: the gradient is 0, but for rounding.
        if name != "one" { check("l2.\(name)") { $0[0].l2Normalized() } }
    }

    @Test(arguments: [("8", 8), ("odd", 5), ("pixel", 3), ("one", 1), ("channels", 6), ("bands", 2)])
    func groupNorm(_ name: String, _ groups: Int) {
        for (suffix, silu) in [("", false), ("_silu", true)] {
            check("group_norm\(suffix).\(name)", ["x", "weight", "bias"], relative: 1.5e-6) { i in
                i[0].channelsLast().groupNorm(i[1], i[2], groups: groups, eps: 1e-5, silu: silu).channelsFirst()
            }
        }
    }

    @Test(arguments: ["maps", "rows"])
    func batchNorm(_ name: String) {
        check("batch_norm.\(name)", ["x", "weight", "bias"], relative: 1.5e-6) { i in
            i[0].channelsLast().batchNorm(i[1], i[2], eps: 1e-5).channelsFirst()
        }
    }

    @Test func activations() {
        check("silu") { $0[0].silu() }
        check("gelu") { $0[0].gelu() }
        check("quick_gelu") { $0[0].quickGELU() }
        check("sigmoid") { $0[0].sigmoid() }
        check("leaky_relu") { $0[0].leakyReLU(slope: 0.2) }
        check("exp") { $0[0].exp() }
        check("geglu") { $0[0].geglu() }
    }

    @Test(arguments: ["rows", "odd", "one", "tall"])
    func linear(_ name: String) {
        check("linear.\(name)", ["input", "weight", "bias"]) { $0[0].linear($0[1], bias: $0[2]) }
    }

    @Test func copies() {
        check("upsample", relative: 3e-7) { $0[0].channelsLast().upsampledNearest2x().channelsFirst() }
        check("embedding", ["weight"], relative: 3e-7) { $0[0].rows(at: [3, 0, 3, 5, 1, 3]) }
    }
}
