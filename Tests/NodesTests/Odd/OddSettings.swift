import Diffusion
import EngineTestSupport
import Foundation
import Graph
import Models
import Nodes
import TensorTestSupport
import Tensors

/// The small random SDXL, with odd numbers in its settings, loaded and run for one step: case n is the same everywhere.
struct OddSettings {
    private let folder: ModelFolder
    private let originals: [String: String]
    private let files: [String]

    /// What is read though the files do not have it.
    private static let others: [String: [String]] = [
        "unet/config.json": [
            "num_attention_heads", "conv_in_kernel", "norm_eps", "time_cond_proj_dim", "dropout", "layers_per_block",
            "projection_class_embeddings_input_dim",
        ],
        "vae/config.json": ["shift_factor", "latents_mean", "layers_per_block", "use_quant_conv"],
        "scheduler/scheduler_config.json": [
            "steps_offset", "set_alpha_to_one", "trained_betas", "rescale_betas_zero_snr", "num_train_timesteps",
            "sigma_min", "sigma_max", "sigma_data",
        ],
        "tokenizer/tokenizer_config.json": ["added_tokens_decoder", "model_max_length", "bos_token"],
        "tokenizer_2/special_tokens_map.json": ["pad_token"],
        "text_encoder/config.json": ["layer_norm_eps", "eos_token_id", "max_position_embeddings"],
        "model_index.json": ["force_zeros_for_empty_prompt"],
    ]

    /// How often each file's turn comes.
    private static let turns = [
        ("unet/config.json", 8), ("vae/config.json", 6), ("scheduler/scheduler_config.json", 6),
        ("text_encoder/config.json", 4), ("text_encoder_2/config.json", 4), ("tokenizer/tokenizer_config.json", 2),
        ("tokenizer_2/tokenizer_config.json", 2), ("tokenizer_2/special_tokens_map.json", 1),
        ("tokenizer/vocab.json", 1),
        ("model_index.json", 1),
    ]

    init() throws {
        folder = try ModelFolder(copying: goldenFolder + "/sdxl")
        files = Self.turns.flatMap { Array(repeating: $0.0, count: $0.1) }
        var originals: [String: String] = [:]
        for (file, _) in Self.turns {
            originals[file] = try String(contentsOfFile: "\(folder.path)/\(file)", encoding: .utf8)
        }
        self.originals = originals
    }

    /// - Throws: `OddEnd` for a result that is not finite, and for an error that names neither a file nor what does not fit
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        let changed = try change(&random)
        defer { for file in changed { try? write(originals[file] ?? "", to: file) } }
        do {
            let values = try draw(&random)
            guard values.allSatisfy(\.isFinite) else {
                throw OddEnd(description: "\(texts(changed)): a result is not finite")
            }
        } catch let end as OddEnd { throw end } catch {
            guard isLocated(error) else { throw OddEnd(description: "\(texts(changed)): \(error)") }
        }
    }

    private func texts(_ files: Set<String>) -> String {
        files.sorted().map {
            "\($0): " + ((try? String(contentsOfFile: "\(folder.path)/\($0)", encoding: .utf8)) ?? "")
        }
        .joined(separator: ", ").replacingOccurrences(of: "\n", with: " ")
    }

    private func change(_ random: inout SplitMix) throws -> Set<String> {
        var changed: Set<String> = []
        for _ in 0..<(random.once(in: 4) ? 2 : 1) {
            let file = random.pick(files) ?? files[0]
            var numbers = OddNumbers(originals[file] ?? "")
            if let key = random.pick(Self.others[file] ?? []), random.once(in: 5) {
                numbers.add(key, &random)
            } else {
                numbers.change(random.int(in: 1...3), &random)
            }
            try write(numbers.text, to: file)
            changed.insert(file)
        }
        return changed
    }

    private func write(_ text: String, to file: String) throws {
        try text.write(toFile: "\(folder.path)/\(file)", atomically: false, encoding: .utf8)
    }

    /// Both text encoders, a step of the UNet, the VAE in both directions.
    private func draw(_ random: inout SplitMix) throws -> [Float] {
        let runner = NodeRunner(context: RunContext(fileDigest: { try Self.digest($0) }))
        var choices: [String: Value] = ["base": .string(folder.path)]
        if random.once(in: 4) {
            choices["prediction"] = .string(random.pick(["noise", "velocity", "image"]) ?? "noise")
        }
        if random.once(in: 6) { choices["zero_snr"] = .string(random.pick(["diffusers", "comfyui"]) ?? "comfyui") }
        let model = try runner.run("load_sdxl", as: SDXLModel.self, choices)
        let words = String(repeating: "a person in a garden, ", count: random.int(in: 1...12))
        var text: [String: Value] = ["text": .string(words)]
        if random.once(in: 2) { text["negative"] = .string("blurry") }
        if random.once(in: 2) { text["overflow"] = .string("chunks") }
        let prompt = try runner.run("encode_prompt", as: PromptArtifact.self, text, inputs: ["model": model])
        let sampler = random.pick(Sampler.allCases) ?? .euler
        let spacings = TimestepSpacing.allCases.filter(sampler.takes).map(\.rawValue)
        let latent = try runner.run(
            "sample",
            as: LatentArtifact.self,
            [
                "seed": .integer(Int128(random.int(in: 0...99))), "steps": .integer(Int128(random.int(in: 1...2))),
                "width": .integer(Int128(8 * random.int(in: 2...5))),
                "height": .integer(Int128(8 * random.int(in: 2...5))),
                "guidance": .number(random.once(in: 2) ? 1 : 3), "sampler": .string(sampler.rawValue),
                "schedule": .string(random.pick(spacings) ?? "trailing"),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        let image = try runner.run("decode", as: ImageArtifact.self, inputs: ["model": model, "latent": latent])
        let again = try runner.run("encode_image", as: LatentArtifact.self, inputs: ["model": model, "image": image])
        return [prompt.embeds, prompt.pooled, latent.latent, image.image, again.latent].flatMap(\.values)
    }

    /// Weights do not change.
    private static func digest(_ path: String) throws -> Digest {
        path.hasSuffix(".json") ? try NodeRunner.fileDigest(path) : Digest(of: path.utf8)
    }

    /// It names a file of the model, or it is said between nodes, of which the engine says which.
    private func isLocated(_ error: any Error) -> Bool {
        let text = "\(error)"
        return text.contains(folder.path)
            || [
                "was encoded with another model", "made by a model with another VAE", "both sides must be multiples",
                "cannot be spaced", "divides by the way between", "is defined for DDPM's timesteps",
                "is made for SDXL's noise levels",
            ]
            .contains(where: text.contains)
    }
}
