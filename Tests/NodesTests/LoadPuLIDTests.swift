import Checkpoints
import Foundation
import Graph
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// PuLID's weights in PyTorch's formats give what their safetensors give, to the bit.
struct LoadPuLIDTests {
    private static let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../models/tiny").standardizedFileURL.path
    private static let tower = tiny + "/eva_clip.safetensors"

    /// Files in each other's places, and tensors that no module of PuLID has.
    @Test func otherFilesAreRefused() throws {
        let runner = NodeRunner()
        func load(_ weights: String, _ tower: String) throws -> PuLIDModel {
            try runner.run("load_pulid", ["weights": .string(weights), "eva_clip": .string(tower)])
        }
        let pulid = Self.tiny + "/pulid.safetensors"
        let swapped = #expect(throws: WeightsError.self) { try load(Self.tower, pulid) }
        #expect(
            swapped.map { "\($0)" }
                == "\(Self.tower): this is EVA02-CLIP; name it as `eva_clip:` of load_pulid; expected PuLID for SDXL "
                + "(pulid_v1.bin, pulid_v1.1.safetensors)"
        )
        let twice = #expect(throws: WeightsError.self) { try load(pulid, pulid) }
        #expect(
            twice.map { "\($0)" }
                == "\(pulid): this is PuLID v1; name it as `weights:` of load_pulid; expected EVA02-CLIP "
                + "(EVA02_CLIP_L_336_psz14_s6B.pt)"
        )

        let path = NSTemporaryDirectory() + "pulid-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try SafetensorsFile(path: pulid)
        for stray in ["id_adapter.mapping_9.0.weight", "optimizer.step", "id_adapter_attn_layers.999.id_to_k.weight"] {
            var writer = SafetensorsWriter()
            for name in file.tensorNames { writer.add(name, try file.tensor(name)) }
            writer.add(stray, .zeros([2, 2]))
            try writer.write(to: path)
            let error = #expect(throws: WeightsError.self) { try load(path, Self.tower) }
            if stray.hasPrefix("id_adapter_attn_layers.") {
                #expect(error.map { "\($0)" }?.contains("\(path): \(stray) has shape [2, 2], expected [2, ") == true)
            } else {
                #expect(error == .unused(names: [stray], source: path))
            }
        }
        // A layer without its values, and an encoder without a layer.
        for dropped in ["id_adapter_attn_layers.1.id_to_v.weight", "id_adapter.mapping_0.1.weight"] {
            var writer = SafetensorsWriter()
            for name in file.tensorNames where name != dropped { writer.add(name, try file.tensor(name)) }
            try writer.write(to: path)
            let error = #expect(throws: WeightsError.self) { try load(path, Self.tower) }
            #expect(error.map { "\($0)" }?.contains("there is no tensor \(dropped)") == true)
        }
    }

    @Test(arguments: ["attention.bin", "attention.pth"]) func readsPyTorchFiles(_ name: String) throws {
        let runner = NodeRunner()
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
                    ["weights": .string(weights), "eva_clip": .string(Self.tower)]
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
