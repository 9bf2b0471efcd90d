import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import ModelFiles
import Nodes
import Synchronization
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

    /// What a checkpoint may hold beside its networks without a word: notes that are followed, left-overs of training.
    private static let silent: Set<String> = [
        "v_pred", "ztsnr", "edm_vpred.sigma_max", "scaled_fp8", "model.diffusion_model.scaled_fp8", "betas",
        "model_ema.decay", "alphas_cumprod", "cond_stage_model.transformer.text_model.embeddings.position_ids",
        "model.diffusion_model.out.2.scale_weight", "first_stage_model.loss.logvar",
        "conditioner.embedders.1.model.logit_scale",
    ]

    /// Notes that mean something beside another alone.
    private static let pairs = [
        ("edm_mean", "edm_std"), ("edm_std", "edm_mean"), ("edm_vpred.sigma_min", "edm_vpred.sigma_max"),
    ]

    /// - Throws: `OddEnd` for an error that names neither a file nor what does not fit, and for a tensor of a base that nobody
    ///   used and nobody named
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        let strangers = try checkpoint.write(changedBy: &random, to: path)
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
        let warnings = Warnings()
        do { try draw(parameters, &random, warnings) } catch {
            let text = "\(error)"
            let isLocated =
                text.contains(folder.path) || text.contains("is defined for DDPM's") || text.contains("noise levels")
                || text.contains("both sides must be multiples") || text.contains("cannot be spaced")
            guard isLocated else { throw OddEnd(description: "\(parameters), \(inspection.kind): \(error)") }
            return
        }
        guard parameters["base"] == .string(path) else { return }
        let mute = strangers.filter { name in
            !Self.silent.contains(name) && !Self.pairs.contains { $0.0 == name && strangers.contains($0.1) }
        }
        let said = warnings.all.joined(separator: "\n")
        // Three of many are named.
        let named = mute.filter(said.contains).count
        guard named >= min(mute.count, 3) else {
            throw OddEnd(description: "\(parameters): of \(mute.sorted()) nobody spoke, but: \(said)")
        }
    }

    private func draw(_ parameters: [String: Value], _ random: inout SplitMix, _ warnings: Warnings) throws {
        let runner = NodeRunner(
            context: RunContext(fileDigest: { Digest(of: $0.utf8) }, warn: { warnings.add($0) })
        )
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

    private final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }
}
