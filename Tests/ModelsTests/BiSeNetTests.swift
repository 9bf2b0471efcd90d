import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct BiSeNetTests {
    private let golden = Golden("bisenet.safetensors", #filePath)

    @Test func agreesWithFacexlib() throws {
        let w = golden.weights / "model"
        let network = try BiSeNet(w, config: .init(w))
        try w.assertAllUsed()
        assertClose(network(golden["image"]), golden["logits"], relative: 1.1e-6, "logits")
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let expected = BiSeNet.Config(
            stemWidth: 4,
            widths: [4, 5, 6, 7],
            depths: [2, 2, 2, 2],
            contextWidth: 6,
            fusionWidth: 8,
            headWidth: 5,
            classes: 3
        )
        #expect(try BiSeNet.Config(golden.weights / "model") == expected)
    }

    /// Names and shapes of parsing_bisenet.pth's widths, as far as its first output goes.
    @Test func aFreshNetworkHasTheParametersOfTheReference() throws {
        let fresh = FreshWeights(name: "fresh", seed: 7)
        _ = try BiSeNet(Weights(fresh) / "model", config: .init(golden.weights / "model"))
        let reference = golden.file.tensorNames.filter { name in
            name.hasPrefix("model.") && !name.hasSuffix("num_batches_tracked")
                && !name.contains("conv_out16") && !name.contains("conv_out32")
        }
        #expect(fresh.tensorNames == reference)
        for name in reference { #expect(fresh.shape(of: name) == golden.file.shape(of: name), "\(name)") }
    }

    @Test func anotherModelIsNamedAsSuch() {
        let shapes = Shapes(["cp.resnet.conv1.weight": [64, 3, 7, 7]])
        let error = #expect(throws: WeightsError.self) { try BiSeNet.Config(Weights(shapes)) }
        guard case .wrongModel = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
