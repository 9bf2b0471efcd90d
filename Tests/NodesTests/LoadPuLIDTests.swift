import Graph
import Nodes
import TensorTestSupport
import Testing

/// PuLID's weights in PyTorch's formats give what their safetensors give, to the bit.
struct LoadPuLIDTests {
    @Test(arguments: ["attention.bin", "attention.pth"]) func readsPyTorchFiles(_ name: String) throws {
        let runner = try NodeRunner()
        let model = try runner.run(
            "load_sdxl",
            as: SDXLModel.self,
            ["base": .string(goldenFolder + "/sdxl")]
        )
        let prompt = try runner.run(
            "encode_prompt",
            as: PromptArtifact.self,
            ["text": .string("a man with glasses")],
            inputs: ["model": model]
        )
        let identity = try runner.run(
            "load_id",
            as: IdentityArtifact.self,
            ["file": .string(goldenFolder + "/identity.safetensors")]
        )
        func render(_ weights: String?) throws -> [Float] {
            var inputs: [String: any Artifact] = ["model": model, "prompt": prompt]
            if let weights {
                inputs["identity"] = identity
                inputs["pulid"] = try runner.run(
                    "load_pulid",
                    as: PuLIDModel.self,
                    ["weights": .string(weights), "eva_clip": .string(weights)]
                )
            }
            return try runner.run(
                "sample",
                as: LatentArtifact.self,
                [
                    "seed": .integer(5), "width": .integer(64), "height": .integer(64), "steps": .integer(1),
                    "guidance": .number(1), "id_scale": weights == nil ? .number(0) : .number(1),
                ],
                inputs: inputs
            ).latent.values
        }
        let wanted = try render(goldenFolder + "/pulid_attention.safetensors")
        #expect(try render(Golden.path("pulid/\(name)", #filePath)) == wanted)
        #expect(try render(nil) != wanted)
    }
}
