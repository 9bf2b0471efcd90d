import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct IDEncoderTests {
    private let golden = Golden("id_encoder.safetensors", #filePath)

    private func encoder() throws -> IDEncoder {
        let w = golden.weights / "id_adapter"
        let encoder = try IDEncoder(w, config: .init(w))
        try w.assertAllUsed()
        return encoder
    }

    @Test func agreesWithPuLID() throws {
        let id = try encoder()(golden["vector"], hiddenStates: (0..<5).map { golden["hidden.\($0)"] })
        assertClose(id, golden["id"], relative: 1.5e-6, "id")
    }

    @Test func nobodyIsTheTokensOfZeros() throws {
        assertClose(try encoder().unconditional(positions: 10), golden["uncond"], relative: 1.5e-6, "uncond")
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let config = try IDEncoder.Config(golden.weights / "id_adapter")
        #expect(config == .init(idWidth: 11, tokens: 3, features: 5, featureWidth: 10, contextWidth: 14))
        #expect(config.hiddenWidths == [10, 21])
        #expect(IDEncoder.Config().hiddenWidths == [1024, 1024])
    }

    @Test func aFreshEncoderHasTheParametersOfTheReference() throws {
        let config = try IDEncoder.Config(golden.weights / "id_adapter")
        let fresh = FreshWeights(name: "fresh", seed: 7)
        _ = try IDEncoder(Weights(fresh) / "id_adapter", config: config)
        let reference = golden.file.tensorNames.filter { $0.hasPrefix("id_adapter.") }
        #expect(fresh.tensorNames == reference)
        for name in reference { #expect(fresh.shape(of: name) == golden.file.shape(of: name), "\(name)") }
    }

    @Test func theGradientsOfItsParametersAgreeWithPyTorch() throws {
        let tracked = Tracked(golden.file)
        let w = Weights(tracked) / "id_adapter"
        let id = try IDEncoder(w, config: .init(w))(
            golden["vector"],
            hiddenStates: (0..<5).map { golden["hidden.\($0)"] }
        )
        let leaves = tracked.leaves.sorted { $0.key < $1.key }
        let parts = gradients(of: id, seed: golden["seed"], for: leaves.map(\.value))
        #expect(leaves.count == 11 * 10)
        for (leaf, part) in zip(leaves, parts) {
            assertClose(part, golden["gradient.\(leaf.key)"], relative: 1.5e-6, leaf.key)
        }
    }

    @Test func anIDFormerIsNamedAsSuch() {
        let w = Weights(Shapes(["id_adapter.latents": [1, 32, 1024]])) / "id_adapter"
        let error = #expect(throws: WeightsError.self) { try IDEncoder.Config(w) }
        guard case .wrongModel(let found, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == "PuLID v1.1 (IDFormer)")
    }
}
