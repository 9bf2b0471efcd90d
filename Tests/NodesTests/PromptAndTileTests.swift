import Graph
import Models
import Nodes
import TensorTestSupport
import Testing

/// The settings of encode_prompt, decode and encode_image that are off by default.
struct PromptAndTileTests {
    private let runner: NodeRunner
    private let model: SDXLModel

    init() throws {
        runner = NodeRunner()
        model = try runner.run("load_sdxl", ["base": .string(goldenFolder + "/sdxl")])
    }

    private func prompt(_ parameters: [String: Value]) throws -> PromptArtifact {
        try runner.run("encode_prompt", parameters, inputs: ["model": model])
    }

    private func latent(_ prompt: PromptArtifact) throws -> LatentArtifact {
        try runner.run(
            "sample",
            ["seed": .integer(3), "width": .integer(96), "height": .integer(64), "steps": .integer(1)],
            inputs: ["model": model, "prompt": prompt]
        )
    }

    @Test func longAndWeightedPromptsAreDrawn() throws {
        let text = String(repeating: "a person in a (garden:1.4), ", count: 12)
        let settings: [String: Value] = ["text": .string(text), "negative": .string("blurry")]
        let cut = try prompt(settings)
        let chunks = try prompt(settings.merging(["overflow": .string("chunks")]) { $1 })
        let weighted = try prompt(
            settings.merging(["overflow": .string("chunks"), "weighting": .string("comfyui")]) { $1 }
        )
        #expect(cut.embeds.shape[1] == 77 && chunks.embeds.shape[1] > 77 && chunks.embeds.shape[1] % 77 == 0)
        for prompt in [cut, chunks, weighted] { #expect(prompt.negativeEmbeds.shape == prompt.embeds.shape) }
        let drawn = try [cut, chunks, weighted].map { try latent($0).latent.values }
        #expect(Set(drawn).count == 3)
        #expect(drawn.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    /// 13 and 17 sequences would be repeated to 221 of each.
    @Test func promptsThatTakeGigabytesAreRefused() throws {
        func text(_ sequences: Int) -> Value {
            .string(String(repeating: "garden ", count: 75 * (sequences - 1)) + "garden")
        }
        let chunks = Value.string("chunks")
        let error = #expect(throws: SDXLPromptError.self) {
            try prompt(["text": text(13), "negative": text(17), "overflow": chunks])
        }
        #expect(error == .tooLong(sequences: 13, negative: 17, both: 221, most: 64))
        let long = try prompt(["text": text(4), "negative": text(2), "overflow": chunks])
        #expect(long.embeds.shape[1] == 4 * 77 && long.negativeEmbeds.shape[1] == 4 * 77)
    }

    @Test func tilesGiveAboutTheSamePicture() throws {
        let latent = try latent(prompt(["text": .string("a person")]))
        let inputs: [String: any Artifact] = ["model": model, "latent": latent]
        let whole = try runner.run("decode", as: ImageArtifact.self, inputs: inputs)
        let tiled = try runner.run("decode", as: ImageArtifact.self, ["tile": .integer(64)], inputs: inputs)
        let one = try runner.run("decode", as: ImageArtifact.self, ["tile": .integer(128)], inputs: inputs)
        #expect(tiled.image.shape == [1, 3, 64, 96] && tiled.image.values != whole.image.values)
        #expect(one.image.values == whole.image.values)
        let encoded = try runner.run(
            "encode_image",
            as: LatentArtifact.self,
            ["tile": .integer(64)],
            inputs: ["model": model, "image": whole]
        )
        #expect(encoded.latent.shape == latent.latent.shape)
    }

    @Test(arguments: ["decode", "encode_image"]) func tilesAreMultiplesOf32(_ kind: String) throws {
        let schema = try #require(NodeRegistry.builtin[kind])
        let problems = try schema.bind(parameters: ["tile": .integer(100)], inputs: [:]).problems()
        #expect(problems.map(\.message) == ["tile is 100, which is not a multiple of 32"])
        #expect(problems.map(\.hint) == ["use 96 or 128"])
    }
}
