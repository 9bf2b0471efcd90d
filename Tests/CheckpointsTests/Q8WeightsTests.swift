import Checkpoints
import TensorTestSupport
import Tensors
import Testing

/// Matrices are kept in blocks of 8 bits; vectors, layers that are named, and what takes no more already stay as they are.
struct Q8WeightsTests {
    private let tensors: [String: Tensor] = {
        var random = TorchRandomSource(seed: 1)
        let shapes = [
            "block.0.linear.weight": [40, 96], "block.0.linear.bias": [40], "block.0.conv.weight": [8, 5, 3, 3],
            "conv_in.weight": [8, 4, 3, 3], "block.1.samplers.0.weight": [16, 32],
            "block.1.samplers_of.weight": [16, 33],
        ]
        return shapes.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = random.normal($1.value) }
    }()

    private func source(in8Bits: Bool = false) -> any WeightSource {
        let given = GivenWeights(name: "given", tensors)
        return in8Bits ? InBytes(given) : given
    }

    /// Says that a number takes a byte.
    private final class InBytes: WeightSource {
        let source: GivenWeights

        init(_ source: GivenWeights) { self.source = source }

        var name: String { source.name }
        var tensorNames: [String] { source.tensorNames }
        func shape(of name: String) -> [Int]? { source.shape(of: name) }
        func bytesInMemory(of name: String) -> Int { source.bytesInMemory(of: name) / 4 }
        func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
            try source.tensor(name, shape: shape, initial: initial)
        }
    }

    @Test func matrices() throws {
        let weights = Q8Weights(source(), keeping: ["conv_in", "samplers"])
        #expect(weights.tensorNames == source().tensorNames)
        for (name, tensor) in tensors {
            let isRounded = ["block.0.linear.weight", "block.0.conv.weight", "block.1.samplers_of.weight"].contains(
                name
            )
            let found = try weights.tensor(name, shape: tensor.shape, initial: .zeros)
            #expect(found.shape == tensor.shape)
            #expect(found.values == (isRounded ? tensor.inQ8Blocks() : tensor).values, "\(name)")
            #expect(isRounded == (found.values != tensor.values), "\(name)")
            let blocks = (tensor.count + 31) / 32
            #expect(weights.bytesInMemory(of: name) == (isRounded ? blocks * 34 : 4 * tensor.count), "\(name)")
        }
    }

    @Test func smallAlready() throws {
        let weights = Q8Weights(source(in8Bits: true))
        for (name, tensor) in tensors {
            let found = try weights.tensor(name, shape: tensor.shape, initial: .zeros)
            #expect(found.values == tensor.values, "\(name)")
            #expect(weights.bytesInMemory(of: name) == tensor.count, "\(name)")
        }
    }
}
