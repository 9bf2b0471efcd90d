import Checkpoints
import Foundation
import Graph

/// diffusers: DiffusionPipeline.from_pretrained, the layout of a saved StableDiffusionXLPipeline
struct LoadSDXL: Node {
    static let name = "load_sdxl"
    static let version = 1
    static let help = "Names an SDXL model in the folder layout of diffusers; weights are read when they are needed."
    static let evaluation = Evaluation.reference

    @Parameter("the folder, with unet, vae, text_encoder, text_encoder_2, tokenizer, tokenizer_2, scheduler")
    var base: PathReference
    @Parameter("another UNet of the same shape: a .safetensors file with diffusers' names, or a folder with one")
    var unet: PathReference? = nil
    @Parameter("another VAE: a .safetensors file that fits the base's config.json, or a folder with its own")
    var vae: PathReference? = nil

    func run(_ context: RunContext) throws -> SDXLModel {
        guard isFolder(base.path) else { throw NodeError.notAFolder(path: base.path) }
        var paths = [
            "scheduler": base.path + "/scheduler/scheduler_config.json",
            "model index": base.path + "/model_index.json",
        ]
        try addNetwork("unet", basename: "diffusion_pytorch_model", override: unet?.path, to: &paths)
        try addNetwork("vae", basename: "diffusion_pytorch_model", override: vae?.path, to: &paths)
        for encoder in ["text_encoder", "text_encoder_2"] { try addNetwork(encoder, basename: "model", to: &paths) }
        let tokenizers = ["tokenizer", "tokenizer_2"]
        for tokenizer in tokenizers {
            for file in [
                "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
            ] {
                let path = "\(base.path)/\(tokenizer)/\(file)"
                if FileManager.default.fileExists(atPath: path) { paths["\(tokenizer) \(file)"] = path }
            }
        }
        return SDXLModel(
            files: try paths.mapValues { try ModelFile(existing($0), context) },
            tokenizerFolders: tokenizers.map { "\(base.path)/\($0)" }
        )
    }

    /// A network's settings and weights, from its folder in `base`, another folder, or a file beside `base`'s settings.
    private func addNetwork(
        _ role: String,
        basename: String,
        override: String? = nil,
        to paths: inout [String: String]
    ) throws {
        let own = "\(base.path)/\(role)"
        let folder = override.flatMap { isFolder($0) ? $0 : nil } ?? own
        paths["\(role) config"] = folder + "/config.json"
        if let override, !isFolder(override) {
            paths[role] = override
        } else {
            paths[role] = try WeightFolder.find(folder, basename: basename)
        }
        for (index, path) in try WeightFile.companions(of: paths[role] ?? "").enumerated() {
            paths["\(role) shard \(index + 1)"] = path
        }
    }

    private func existing(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw NodeError.missingFile(path: path, purpose: "a part of the SDXL model")
        }
        return path
    }
}

/// Whether there is a folder at `path`.
func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}
