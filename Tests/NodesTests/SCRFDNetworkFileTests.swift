import Foundation
import Models
import Nodes
import ONNX
import TensorTestSupport
import Tensors
import Testing

/// A trained detector's file gives the network's own numbers.
@Suite struct SCRFDNetworkFileTests {
    private let config = SCRFDNetwork.Config(stemWidth: 4, widths: [4, 8, 8], depths: [1, 1, 2], neckWidth: 8)

    /// Weights of which none is 0 or 1, norms' statistics included.
    private func weights() throws -> [String: Tensor] {
        let fresh = FreshWeights(name: "detector", seed: 5)
        _ = try SCRFDNetwork(Weights(fresh), config: config)
        var random = TorchRandomSource(seed: 2)
        return Dictionary(
            uniqueKeysWithValues: fresh.all.sorted { $0.key < $1.key }.map { name, tensor in
                let noise = random.normal(tensor.shape) * 0.2
                let isVariance = name.hasSuffix("running_var")
                return (name, isVariance ? tensor + noise * noise : tensor + noise)
            }
        )
    }

    @Test func theFileIsTheNetwork() throws {
        let weights = Weights(GivenWeights(name: "detector", try weights()))
        let network = try SCRFDNetwork(weights, config: config)
        let graph = try ONNXGraph(try SCRFDNetwork.onnx(weights, config: config), file: "detector.onnx")
        #expect(graph.inputs.map(\.name) == ["input.1"])
        #expect(graph.inputs[0].shape == [1, 3, 640, 640])
        var random = TorchRandomSource(seed: 8)
        let picture = random.normal([1, 3, 640, 640])
        let (found, expected) = (try graph([picture]), network(picture))
        #expect(found.count == 9 && expected.count == 9)
        for (i, (a, b)) in zip(found, expected).enumerated() {
            let count = [6400, 1600, 400][i % 3] * 2
            #expect(b.shape == [count, [1, 4, 10][i / 3]])
            assertClose(a, b, relative: 1e-5, "output \(i)")
        }
    }

    /// What is missing is named.
    @Test func aMissingTensorIsNamed() throws {
        var tensors = try weights()
        tensors["heads.1.points.bias"] = nil
        let weights = Weights(GivenWeights(name: "detector", tensors))
        let error = #expect(throws: WeightsError.self) { try SCRFDNetwork.onnx(weights, config: config) }
        #expect(error == .missing(name: "heads.1.points.bias", source: "detector", nearest: nil))
    }
}
