import Checkpoints
import Foundation
import Graph
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// The same model in other files gives the same pictures.
struct LoadSDXLTests {
    let runner: NodeRunner
    let folder: ModelFolder

    init() throws {
        runner = try NodeRunner()
        folder = try ModelFolder(copying: goldenFolder + "/sdxl")
    }

    /// The latent of a short render.
    private func render(_ model: SDXLModel) throws -> [Float] {
        let prompt = try runner.run(
            "encode_prompt",
            as: PromptArtifact.self,
            ["text": .string("portrait of a woman"), "negative": .string("blurry")],
            inputs: ["model": model]
        )
        let latent = try runner.run(
            "sample",
            as: LatentArtifact.self,
            [
                "seed": .integer(3), "width": .integer(64), "height": .integer(64), "steps": .integer(1),
                "guidance": .number(1),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        return latent.latent.values
    }

    private func load(_ parameters: [String: Value]) throws -> SDXLModel { try runner.run("load_sdxl", parameters) }

    @Test func weightsInSeveralFiles() throws {
        let whole = try load(["base": .string(goldenFolder + "/sdxl")])
        try folder.shard("unet/diffusion_pytorch_model.safetensors", into: 3, suffix: "safetensors.index.json")
        try folder.shard("text_encoder_2/model.safetensors", into: 2, suffix: "safetensors.index.fp16.json")
        let sharded = try load(["base": .string(folder.path)])
        #expect(try render(sharded) == render(whole))
    }

    /// What a key is made of: the content of every shard, not that of the index alone.
    @Test func everyShardCounts() throws {
        try folder.shard("unet/diffusion_pytorch_model.safetensors", into: 3, suffix: "safetensors.index.json")
        let before = try load(["base": .string(folder.path)])
        let latent = try render(before)
        let shard = "\(folder.path)/unet/diffusion_pytorch_model-3.safetensors"
        let file = try SafetensorsFile(path: shard)
        var writer = SafetensorsWriter()
        for name in file.tensorNames { writer.add(name, try file.tensor(name) * 0.5, as: .f16) }
        try writer.write(to: shard)
        let after = try load(["base": .string(folder.path)])
        #expect(before.record != after.record)
        #expect(before.part("vae").record == after.part("vae").record)
        #expect(before.part("text").record == after.part("text").record)
        #expect(try render(after) != latent)
    }
}

/// A copy of a model's folder that a test may change.
final class ModelFolder {
    let path: String

    init(copying source: String) throws {
        path = NSTemporaryDirectory() + "model-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: source, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Replaces a safetensors file by several and their index.
    func shard(_ file: String, into count: Int, suffix: String) throws {
        let whole = try SafetensorsFile(path: "\(path)/\(file)")
        let base = String(file.dropLast(".safetensors".count))
        var map: [String: String] = [:]
        var writers = Array(repeating: SafetensorsWriter(), count: count)
        for (index, name) in whole.tensorNames.enumerated() {
            writers[index % count].add(name, try whole.tensor(name), as: .f16)
            map[name] = "\((base as NSString).lastPathComponent)-\(index % count + 1).safetensors"
        }
        for (index, writer) in writers.enumerated() { try writer.write(to: "\(path)/\(base)-\(index + 1).safetensors") }
        let index = try JSONEncoder().encode(["weight_map": map])
        try index.write(to: URL(fileURLWithPath: "\(path)/\(base).\(suffix)"))
        try FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
}
