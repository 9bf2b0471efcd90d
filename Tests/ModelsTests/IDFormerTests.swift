import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct IDFormerTests {
    private let golden = Golden("id_former.safetensors", #filePath)

    private func former() throws -> IDFormer {
        let w = golden.weights / "id_adapter"
        let former = try IDFormer(w, config: .init(w, headWidth: 8))
        try w.assertAllUsed()
        return former
    }

    private func states(_ photos: Int) -> [Tensor] { (0..<5).map { golden["\(photos).hidden.\($0)"] } }

    @Test(arguments: [1, 3]) func agreesWithPuLID(photos: Int) throws {
        let id = try former()(golden["\(photos).vector"], hiddenStates: states(photos))
        assertClose(id, golden["\(photos).id"], relative: 2.8e-6, "\(photos) photos")
    }

    @Test func nobodyIsTheTokensOfZerosForOnePhoto() throws {
        assertClose(try former().unconditional(positions: 10), golden["uncond"], relative: 2.8e-6, "uncond")
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let config = try IDFormer.Config(golden.weights / "id_adapter", headWidth: 8)
        let expected = IDFormer.Config(
            idWidth: 11,
            idHiddenWidths: [13, 8],
            idTokens: 5,
            width: 16,
            queries: 7,
            contextWidth: 14,
            features: 5,
            featureWidth: 10,
            featureHiddenWidths: [12, 9],
            layers: 10,
            innerWidth: 24,
            headWidth: 8,
            feedForwardWidth: 64
        )
        #expect(config == expected)
    }

    @Test func aFreshEncoderHasTheParametersOfTheReference() throws {
        let config = try IDFormer.Config(golden.weights / "id_adapter", headWidth: 8)
        let fresh = FreshWeights(name: "fresh", seed: 7)
        _ = try IDFormer(Weights(fresh) / "id_adapter", config: config)
        let reference = golden.file.tensorNames.filter { $0.hasPrefix("id_adapter.") }
        #expect(fresh.tensorNames == reference)
        for name in reference { #expect(fresh.shape(of: name) == golden.file.shape(of: name), "\(name)") }
    }

    @Test func theGradientsOfItsParametersAgreeWithPyTorch() throws {
        let tracked = Tracked(golden.file)
        let w = Weights(tracked) / "id_adapter"
        let id = try IDFormer(w, config: .init(w, headWidth: 8))(golden["3.vector"], hiddenStates: states(3))
        let wanted = golden.file.tensorNames.filter { $0.hasPrefix("gradient.") }.map { $0.dropFirst(9) }
        #expect(wanted.count == 2 + 10 + 10 + 11)
        let leaves = try wanted.map { try #require(tracked.leaves[String($0)]) }
        for (name, part) in zip(wanted, gradients(of: id, seed: golden["seed"], for: leaves)) {
            assertClose(part, golden["gradient.\(name)"], relative: 2.8e-6, String(name))
        }
    }

    @Test func theVersionIsToldByTheTensors() throws {
        let v1 = Golden("id_encoder.safetensors", #filePath).weights / "id_adapter"
        guard case .v1(let encoder) = try PuLIDEncoder(v1) else {
            Issue.record("PuLID v1 was not recognised")
            return
        }
        #expect(encoder.config.contextWidth == 14)
        // The golden's heads are not 64 wide: it is recognised, and refused for that.
        #expect(throws: WeightsError.self) { try PuLIDEncoder(golden.weights / "id_adapter") }
        let fresh = FreshWeights(name: "fresh", seed: 7)
        let config = IDFormer.Config(
            idWidth: 11,
            idHiddenWidths: [6, 7],
            width: 8,
            queries: 3,
            contextWidth: 14,
            featureWidth: 10,
            featureHiddenWidths: [5, 4],
            layers: 5,
            innerWidth: 128,
            feedForwardWidth: 9
        )
        _ = try IDFormer(Weights(fresh) / "id_adapter", config: config)
        guard case .v1_1(let former) = try PuLIDEncoder(Weights(fresh) / "id_adapter") else {
            Issue.record("PuLID v1.1 was not recognised")
            return
        }
        #expect(former.config == config)
    }

    @Test(arguments: [
        (["id_adapter.body.0.weight": [1024, 1280]], "PuLID v1 (IDEncoder)"),
        (["id_adapter.latents": [1, 32, 1024]], "something else"),
        (["id_adapter.latents": [1, 32, 1 << 40]], "something else"),
    ])
    func otherFilesAreNamed(shapes: [String: [Int]], name: String) {
        let error = #expect(throws: WeightsError.self) {
            try IDFormer.Config(Weights(Shapes(shapes)) / "id_adapter")
        }
        guard case .wrongModel(let found, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == name)
    }
}
