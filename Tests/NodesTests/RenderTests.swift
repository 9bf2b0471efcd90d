import Graph
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// Whole renders on the random SDXL folder against diffusers' pipeline, from the seed alone, and against the same with
/// PuLID's own attention processors.
struct RenderTests {
    let runner: NodeRunner
    let golden = Golden("render.safetensors", #filePath)
    let model: SDXLModel

    init() throws {
        runner = NodeRunner()
        model = try runner.run("load_sdxl", ["base": .string(goldenFolder + "/sdxl")])
    }

    private func prompt() throws -> PromptArtifact {
        try runner.run(
            "encode_prompt",
            [
                "text": .string("portrait of a woman in a garden, watercolor painting"),
                "negative": .string("blurry, low quality"),
            ],
            inputs: ["model": model]
        )
    }

    private func sample(
        _ settings: [String: Value] = [:],
        inputs: [String: any Artifact] = [:]
    ) throws -> LatentArtifact {
        let parameters: [String: Value] = ["seed": .integer(42), "width": .integer(64), "height": .integer(96)]
        let fixed: [String: any Artifact] = ["model": model, "prompt": try prompt()]
        return try runner.run(
            "sample",
            parameters.merging(settings) { _, new in new },
            inputs: fixed.merging(inputs) { _, new in new }
        )
    }

    @Test func prompts() throws {
        let prompt = try prompt()
        assertClose(prompt.embeds, golden["embeds"], relative: 1.5e-6, "embeds")
        assertClose(prompt.negativeEmbeds, golden["negative_embeds"], relative: 1.5e-6, "negative_embeds")
        assertClose(prompt.pooled, golden["pooled"], relative: 1.5e-6, "pooled")
        assertClose(prompt.negativePooled, golden["negative_pooled"], relative: 1.5e-6, "negative_pooled")
    }

    @Test(arguments: ["dpmpp_2m", "euler", "euler_ancestral", "ddim"], ["trailing", "leading"])
    func everySampler(sampler: String, schedule: String) throws {
        let latent = try sample(["sampler": .string(sampler), "schedule": .string(schedule)])
        assertClose(latent.latent, golden["\(sampler).\(schedule)"], relative: 2.1e-6, "render \(sampler) \(schedule)")
    }

    @Test func withoutGuidance() throws {
        let latent = try sample([
            "sampler": .string("euler"), "guidance": .number(1), "seed": .integer(Int128(1) << 63 + 5),
        ])
        assertClose(latent.latent, golden["no_guidance"], relative: 2.1e-6, "render without guidance")
    }

    @Test func manySteps() throws {
        let latent = try sample(["steps": .integer(12), "guidance": .number(7), "seed": .integer(7)])
        assertClose(latent.latent, golden["many_steps"], relative: 6.9e-6, "render of 12 steps")
    }

    @Test(arguments: ["off", "v1", "v2"]) func withIdentity(ortho: String) throws {
        let identity = try runner.run(
            "load_id",
            as: IdentityArtifact.self,
            ["file": .string(goldenFolder + "/identity.safetensors")]
        )
        let attention = Value.string(goldenFolder + "/pulid_attention.safetensors")
        // Not looked through here, but it has to be one.
        let tower = Value.string(goldenFolder + "/../../models/tiny/eva_clip.safetensors")
        let pulid = try runner.run("load_pulid", as: PuLIDModel.self, ["weights": attention, "eva_clip": tower])
        let latent = try sample(
            ["ortho": .string(ortho), "num_zero": .integer(8), "id_scale": .number(1)],
            inputs: ["identity": identity, "pulid": pulid]
        )
        let expected = golden["identity.\(ortho)"]
        assertClose(latent.latent, expected, relative: 1.8e-6, "render with identity, ortho \(ortho)")
    }

    @Test func pictures() throws {
        let latent = LatentArtifact(golden["dpmpp_2m.trailing"])
        let image = try runner.run("decode", as: ImageArtifact.self, inputs: ["model": model, "latent": latent])
        assertClose(image.image, golden["image"], relative: 1e-5, "decode")
        let encoded = try runner.run(
            "encode_image",
            as: LatentArtifact.self,
            inputs: ["model": model, "image": ImageArtifact(golden["image"])]
        )
        assertClose(encoded.latent, golden["encoded"], relative: 4e-6, "encode_image")
    }
}
