import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import ModelFiles
import Nodes
import TensorTestSupport

/// One checkpoint whose header was changed (keys, shapes and types drawn from those that exist), inspected, loaded as a base,
/// a UNet or a VAE, and run for one step: case n is the same everywhere.
struct OddHeaders {
    private let folder: ModelFolder
    private let checkpoint: OddCheckpoint
    private let path: String

    init() throws {
        folder = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath.replacing("Odd/", with: "")))
        for part in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try FileManager.default.copyItem(atPath: "\(goldenFolder)/sdxl/\(part)", toPath: "\(folder.path)/\(part)")
        }
        path = "\(folder.path)/odd.safetensors"
        let source = Golden.path("single_file/model.safetensors", #filePath.replacing("Odd/", with: ""))
        checkpoint = try OddCheckpoint(path: source)
    }

    /// - Throws: `OddEnd` for an error that names neither a file nor what does not fit
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        try checkpoint.write(changedBy: &random, to: path)
        let inspection = FileInspection(path: path)
        var parameters: [String: Value] = [:]
        switch random.int(in: 0...5) {
        case 0: parameters = ["base": .string(folder.path), "unet": .string(path)]
        case 1: parameters = ["base": .string(folder.path), "vae": .string(path)]
        case 2: parameters = ["base": .string(path)]
        default: parameters = ["base": .string(path), "config": .string(folder.path)]
        }
        if random.once(in: 4) {
            parameters["prediction"] = .string(random.pick(["noise", "velocity", "image"]) ?? "noise")
        }
        if random.once(in: 8) { parameters["zero_snr"] = .string(random.pick(["diffusers", "comfyui"]) ?? "comfyui") }
        do { try draw(parameters, &random) } catch {
            let text = "\(error)"
            let isLocated =
                text.contains(folder.path) || text.contains("is defined for DDPM's") || text.contains("noise levels")
                || text.contains("both sides must be multiples") || text.contains("cannot be spaced")
            guard isLocated else { throw OddEnd(description: "\(parameters), \(inspection.kind): \(error)") }
        }
    }

    private func draw(_ parameters: [String: Value], _ random: inout SplitMix) throws {
        let runner = NodeRunner(context: RunContext(fileDigest: { Digest(of: $0.utf8) }))
        let model = try runner.run("load_sdxl", as: SDXLModel.self, parameters)
        let prompt = try runner.run(
            "encode_prompt",
            as: PromptArtifact.self,
            ["text": .string("a person in a garden")],
            inputs: ["model": model]
        )
        let latent = try runner.run(
            "sample",
            as: LatentArtifact.self,
            [
                "seed": .integer(1), "steps": .integer(1), "width": .integer(16), "height": .integer(16),
                "guidance": .number(1),
                "sampler": .string(random.pick(["ddim", "dpmpp_2m", "euler", "lcm", "tcd"]) ?? "euler"),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        _ = try runner.run("decode", as: ImageArtifact.self, inputs: ["model": model, "latent": latent])
    }
}
