import TensorTestSupport
import Tensors
import Testing

@Suite struct GradientTests {
    @Test func aDiamondAddsItsTwoPaths() {
        let x = Tensor([1, -2, 3], shape: [3]).tracked()
        let shared = x * 2
        let y = shared * shared + shared.silu()
        let found = gradients(of: y, for: [x])[0]
        let silu = gradients(of: (x * 2).silu(), for: [x])[0]
        assertClose(found, Tensor([8, -16, 24], shape: [3]) + silu, relative: 1e-6)
    }

    @Test func anInputUsedTwiceByOneOperation() {
        let x = Tensor([3, 5], shape: [2]).tracked()
        #expect(gradients(of: x * x, for: [x])[0].values == [6, 10])
        #expect(gradients(of: Tensor.concatenated([x, x * 3], axis: 0), for: [x])[0].values == [4, 4])
    }

    /// Neither the walk nor the release of a deep graph recurses: test threads have small stacks.
    @Test func aChainOfAQuarterMillionOperations() {
        let x = Tensor([1], shape: [1]).tracked()
        var y = x
        for i in 0..<250_000 { y = i % 2 == 0 ? y + 1 : y * 1.000004 }
        let found = gradients(of: y, for: [x])[0].values[0]
        #expect(abs(found - 1.6487) < 0.02, "1.000004^125000 is 1.6487")
    }

    @Test func onlyWhatIsTrackedGetsAGradient() {
        let x = Tensor([1, 2], shape: [2])
        let (a, b) = (x.tracked(), x.tracked())
        let found = gradients(of: a * 3 + b.detached(), for: [a, b, x])
        #expect(found.map(\.values) == [[3, 3], [0, 0], [0, 0]])
    }

    @Test func aSeedWeighsTheOutputs() {
        let x = Tensor([1, 2, 3], shape: [3]).tracked()
        let seed = Tensor([1, 0, -2], shape: [3])
        #expect(gradients(of: x * x, seed: seed, for: [x])[0].values == [2, 0, -12])
    }

    /// A gradient may be asked for in the middle of a graph as well as at its leaves.
    @Test func gradientsOfInnerTensors() {
        let x = Tensor([2], shape: [1]).tracked()
        let inner = x * 3
        let found = gradients(of: inner * inner, for: [inner, x])
        #expect(found.map(\.values) == [[12], [36]])
    }

    /// A layer built over tracked parameters hands their gradients to the parameters themselves.
    @Test func layersOverTrackedParameters() throws {
        let source = TrackedWeights(FreshWeights(name: "fresh", seed: 4))
        let w = Weights(source)
        let conv = try Conv2d(w / "conv", from: 3, to: 4, kernel: 3)
        let norm = try GroupNorm(w / "norm", groups: 2, channels: 4)
        let linear = try Linear(w / "linear", from: 4, to: 5)
        var random = TorchRandomSource(seed: 8)
        let x = random.normal([2, 5, 4, 3])
        let names = source.tensorNames
        #expect(names.count == 6)
        let leaves = names.compactMap { source.leaves[$0] }
        func loss(_ norm: GroupNorm) -> Tensor { linear(norm(conv(x), silu: true)).silu().mean() }
        let found = gradients(of: loss(norm), for: leaves)
        #expect(zip(found, leaves).allSatisfy { $0.shape == $1.shape })
        #expect(zip(names, found).allSatisfy { $0 == "conv.bias" || $1.values.contains { abs($0) > 1e-6 } })

        // The stored order (out, in, k, k) of the convolution's weight, checked against a difference quotient.
        let (index, name) = (17, "conv.weight")
        let position = try #require(names.firstIndex(of: name))
        func changed(_ by: Float) throws -> Float {
            var values = leaves[position].values
            values[index] += by
            let other = TrackedWeights(FreshWeights(name: "fresh", seed: 4), replacing: [name: values])
            let conv = try Conv2d(Weights(other) / "conv", from: 3, to: 4, kernel: 3)
            return linear(norm(conv(x), silu: true)).silu().mean().values[0]
        }
        let slope = (try changed(0.03) - changed(-0.03)) / 0.06
        #expect(abs(slope - found[position].values[index]) < 0.02 * abs(slope) + 1e-5)
    }
}

/// A source whose tensors are leaves of the graph.
private final class TrackedWeights: WeightSource {
    let leaves: [String: Tensor]
    private let fresh: FreshWeights

    init(_ fresh: FreshWeights, replacing: [String: [Float]] = [:]) {
        self.fresh = fresh
        var leaves: [String: Tensor] = [:]
        let shapes = [
            "conv.weight": [4, 3, 3, 3], "conv.bias": [4], "norm.weight": [4], "norm.bias": [4],
            "linear.weight": [5, 4], "linear.bias": [5],
        ]
        for (name, shape) in shapes {
            guard let tensor = try? fresh.tensor(name, shape: shape, initial: .normal(deviation: 0.5)) else { continue }
            leaves[name] = Tensor(replacing[name] ?? tensor.values, shape: shape).tracked()
        }
        self.leaves = leaves
    }

    var name: String { fresh.name }
    var tensorNames: [String] { leaves.keys.sorted() }
    func shape(of name: String) -> [Int]? { leaves[name]?.shape }
    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let leaf = leaves[name] else { throw WeightsError.missing(name: name, source: self.name, nearest: nil) }
        return leaf
    }
}
