import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct CLIPTextModelTests {
    private func config(_ golden: Golden) throws -> CLIPTextConfig {
        try JSONDecoder().decode(CLIPTextConfig.self, from: Data(#require(golden.file.metadata["config"]).utf8))
    }

    private func ids(_ golden: Golden) -> [[Int]] {
        let flat = golden.integers("ids")
        return stride(from: 0, to: flat.count, by: 13).map { Array(flat[$0..<$0 + 13]) }
    }

    /// Quick GELU, keys below `text_model`, the pooled state by the old rule.
    @Test func agreesWithTransformersOnTheFirstEncodersShape() throws {
        let golden = Golden("clip_l.safetensors", #filePath)
        let config = try config(golden)
        #expect(config.hiddenAct == .quickGELU && config.eosTokenID == 2)
        let w = golden.weights / "model"
        let model = try CLIPTextModel(w, config: config)
        try w.assertAllUsed()
        let output = model(ids(golden))
        assertClose(output.penultimateHiddenState, golden["penultimate"], relative: 5.2e-6, "penultimate")
        assertClose(output.lastHiddenState, golden["last"], relative: 5.2e-6, "last")
        assertClose(output.pooled, golden["pooled"], relative: 5.2e-6, "pooled")
    }

    /// GELU, a projection, another epsilon, an end token that comes twice in a text.
    @Test func agreesWithTransformersOnTheSecondEncodersShape() throws {
        let golden = Golden("clip_g.safetensors", #filePath)
        let config = try config(golden)
        #expect(config.hiddenAct == .gelu && config.eosTokenID == 97 && config.layerNormEps == 1e-3)
        let w = golden.weights / "model"
        let model = try CLIPTextModelWithProjection(w, config: config)
        try w.assertAllUsed()
        let output = model(ids(golden))
        assertClose(output.penultimateHiddenState, golden["penultimate"], relative: 5.2e-6, "penultimate")
        assertClose(output.lastHiddenState, golden["last"], relative: 5.2e-6, "last")
        assertClose(output.textEmbeds, golden["pooled"], relative: 5.2e-6, "pooled")
    }

    /// A batch gives each text what it gives alone.
    @Test func textsOfABatchDoNotMeet() throws {
        let golden = Golden("clip_g.safetensors", #filePath)
        let model = try CLIPTextModelWithProjection(golden.weights / "model", config: config(golden))
        let together = model(ids(golden))
        for (row, text) in ids(golden).enumerated() {
            let alone = model([text])
            let own = together.textEmbeds.sliced(axis: 0, row..<row + 1)
            assertClose(alone.textEmbeds, own, relative: 1e-5, "text \(row)")
        }
    }

    @Test func readsFilesWithAndWithoutThePrefix() throws {
        let golden = Golden("clip_l.safetensors", #filePath)
        let config = try config(golden)
        let plain = Renamed(golden.file, renames: ["model.text_model.": ""])
        let prefixed = Renamed(golden.file, renames: ["model.text_model.": "text_model."])
        let a = try CLIPTextModel(Weights(plain), config: config)(ids(golden))
        let b = try CLIPTextModel(Weights(prefixed), config: config)(ids(golden))
        #expect(a.lastHiddenState.values == b.lastHiddenState.values)
        assertClose(a.lastHiddenState, golden["last"], relative: 5.2e-6, "last")
    }

    /// Fresh weights get the names that the Hub's files have.
    @Test func freshWeightsHaveTheNamesOfTheHub() throws {
        let golden = Golden("clip_g.safetensors", #filePath)
        let fresh = FreshWeights(name: "fresh", seed: 1)
        _ = try CLIPTextModelWithProjection(Weights(fresh), config: config(golden))
        #expect(
            fresh.tensorNames
                == golden.file.tensorNames.filter { $0.hasPrefix("model.") }.map { String($0.dropFirst(6)) }
        )
    }

    @Test func defaultsAreThoseOfTransformers() throws {
        let config = try JSONDecoder().decode(CLIPTextConfig.self, from: Data("{}".utf8))
        #expect(try config == CLIPTextConfig())
        #expect(config.vocabSize == 49408 && config.hiddenSize == 512 && config.eosTokenID == 49407)
    }

    @Test(arguments: [
        ("{\"hidden_act\": \"relu\"}", "hidden_act is relu, which is not supported; supported: quick_gelu, gelu"),
        ("{\"num_attention_heads\": 7}", "num_attention_heads is 7, but it has to divide the hidden_size 512"),
        ("{\"num_attention_heads\": 0}", "num_attention_heads is 0, but it has to divide the hidden_size 512"),
        ("{\"hidden_size\": 9223372036854775807}", "hidden_size is 9223372036854775807, but 1 to 65536 are expected"),
        ("{\"layer_norm_eps\": -1}", "layer_norm_eps is -1.0, but 1e-12 to 0.1 is expected"),
        ("{\"vocab_size\": -1}", "vocab_size is -1, but 1 to 16777216 are expected"),
        ("{\"num_hidden_layers\": 1000000}", "num_hidden_layers is 1000000, but 1 to 256 are expected"),
    ])
    func refusesConfigurationsThatCannotBe(_ json: String, _ message: String) throws {
        let error = #expect(throws: ModelConfigError.self) {
            let config = try JSONDecoder().decode(CLIPTextConfig.self, from: Data(json.utf8))
            _ = try CLIPTextModel(Weights(FreshWeights(name: "fresh", seed: 1)), config: config)
        }
        #expect(error.map { "\($0)" } == "CLIP text encoder: " + message)
    }

    /// The whole model of another width is refused at its first tensor.
    @Test func refusesAnotherWidth() throws {
        let golden = Golden("clip_l.safetensors", #filePath)
        let config = try CLIPTextConfig(vocabSize: 99, hiddenSize: 48)
        #expect(
            throws: WeightsError.wrongShape(
                name: "model.text_model.embeddings.token_embedding.weight",
                expected: [99, 48],
                found: [99, 24],
                source: golden.file.name
            )
        ) { try CLIPTextModel(golden.weights / "model", config: config) }
    }
}
