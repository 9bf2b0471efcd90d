import Checkpoints
import Diffusion
import Foundation
import Graph
import ModelFiles

/// diffusers: DiffusionPipeline.from_pretrained, the layout of a saved StableDiffusionXLPipeline; and `from_single_file`
struct LoadSDXL: Node {
    static let name = "load_sdxl"
    static let version = 1
    static let help =
        "Names an SDXL model: a folder in the layout of diffusers, or a checkpoint in one file. Weights are read when they are needed."
    static let evaluation = Evaluation.reference

    @Parameter(
        "a folder with unet, vae, text_encoder, text_encoder_2, tokenizer, tokenizer_2, scheduler; or one .safetensors file with all networks; or a folder with either somewhere in it under its official name (stable-diffusion-xl-base-1.0, sd_xl_base_1.0.safetensors)"
    )
    var base: ModelPath
    @Parameter(
        "another UNet of the same shape (SDXL-Lightning): a file, or a folder with one and its config.json, or a folder with sdxl_lightning_4step_unet.safetensors somewhere in it"
    )
    var unet: ModelPath? = nil
    @Parameter("another VAE: a file that fits the base's settings, or a folder with its own config.json")
    var vae: ModelPath? = nil
    @Parameter(
        "a folder with tokenizer and tokenizer_2, or one CLIP tokenizer for both; else the base's own, or those beside its file"
    )
    var tokenizer: ModelPath? = nil
    @Parameter(
        "settings for a base in one file: a folder in the layout of diffusers, whose weights are not read; else they follow from SDXL and the file's shapes"
    )
    var config: ModelPath? = nil
    @Parameter(
        "LoRAs to merge, in this order, each {file, scale}, of any kind and in any key style; see docs/RECIPES.md"
    )
    var loras: [LoRAChoice] = []
    @Parameter(
        "textual inversions for SDXL (clip_l, clip_g) by the names that prompts call them: with {neg: negativeXL.safetensors} a prompt may say embedding:neg"
    )
    var embeddings: [String: FileReference] = [:]
    @Parameter(ModelPrecision.help) var precision: ModelPrecision = .f32

    @Parameter(
        "what the UNet's output means, where no file says it: noise, velocity (v_pred), image (x0)"
    )
    var prediction: Prediction? = nil
    @Parameter(
        "for a model that was trained down to noise alone and does not say so: the noise levels as diffusers (rescale_betas_zero_snr) or ComfyUI (ztsnr) computes them"
    )
    var zeroSNR: ZeroTerminalSNR? = nil

    func problems() -> [ParameterProblem] {
        let unclear = ModelPath.problems(
            [("base", base), ("unet", unet), ("vae", vae), ("tokenizer", tokenizer), ("config", config)]
                + loras.map { ("loras", $0.file) }
        )
        guard unclear.isEmpty else { return unclear }
        var missing: [(parameter: String, folder: String, file: OfficialFile)] = []
        let found = locatedBase
        if found == nil { missing.append(("base", base.path, .sdxl)) }
        // A checkpoint that was named itself says more when it is opened.
        if let found, !isFolder(found), isFolder(base.path), tokenizers(for: found) == nil {
            missing.append(("base", base.path, .tokenizers))
        }
        if let unet, locatedUNet == nil { missing.append(("unet", unet.path, .lightning)) }
        let ofFolders = Set(missing.map(\.folder)).sorted().compactMap { folder in
            let files = missing.filter { $0.folder == folder }
            return DownloadFolder(folder).problem(files[0].parameter, missing: files.map(\.file))
        }
        return ofFolders + embeddingNames
    }

    /// Prompts are cut at spaces, and commas and parentheses have a meaning there.
    private var embeddingNames: [ParameterProblem] {
        embeddings.keys.sorted().filter { $0.isEmpty || $0.contains { $0.isWhitespace || ",()".contains($0) } }.map {
            ParameterProblem(
                "embeddings",
                "no prompt could call a textual inversion `\($0)`",
                hint: "give it a name without spaces, commas and parentheses"
            )
        }
    }

    /// The base itself, or what is found under its official name in a folder.
    private var locatedBase: String? {
        isSDXLFolder(base.path) ? base.path : base.located(.sdxl)
    }

    private var locatedUNet: String? {
        unet.flatMap { isUNetFolder($0.path) ? $0.path : $0.located(.lightning) }
    }

    /// What is given, or lies beside a checkpoint or at the top of the folder in which it was found.
    private func tokenizers(for found: String) -> String? {
        if let tokenizer { return tokenizer.path }
        guard !isFolder(found), isFolder(base.path) else { return nil }
        let beside = (found as NSString).deletingLastPathComponent
        return [beside, base.path, "\(base.path)/\(OfficialFile.sdxlFolder)"].first(
            where: SDXLLayout.hasTokenizers(in:)
        )
    }

    func run(_ context: RunContext) throws -> SDXLModel {
        guard let base = locatedBase else {
            throw ModelFileError.missingFile(
                path: "\(base.path)/\(OfficialFile.sdxlFolder)",
                purpose: OfficialFile.sdxl.purpose
            )
        }
        var layout = SDXLLayout(base: base, config: config?.path)
        let open = layout.files
        try layout.add(unet: locatedUNet ?? unet?.path, vae: vae?.path)
        try layout.addTokenizers(from: tokenizers(for: base))
        for warning in layout.warnings { context.warn(warning) }
        let files = try layout.paths.mapValues { try ModelFile($0, context) }
        let known = NoiseChoice.known(byName: locatedUNet ?? base)
        let noise = NoiseChoice(prediction: prediction?.type ?? known, zeroTerminalSNR: zeroSNR)
        let model = SDXLModel(
            files: files.merging(try loraFiles(open, context)) { $1 }.merging(try embeddingFiles(open, context)) { $1 },
            noise: noise,
            precision: precision.chosen
        )
        try model.check(open, context)
        return model
    }

    private func embeddingFiles(_ open: OpenFiles, _ context: RunContext) throws -> [String: ModelFile] {
        var files: [String: ModelFile] = [:]
        for (name, file) in embeddings.sorted(by: { $0.key < $1.key }) {
            try open.require(file.path, expected: "a textual inversion for SDXL") { $0 == .textualInversion }
            _ = try TextualInversion(file.path, name: name)
            files[SDXLModel.embedding + name] = try ModelFile(file.path, context)
        }
        return files
    }

    /// LoRAs under the networks that they change, and the textual inversions that they bring.
    private func loraFiles(_ open: OpenFiles, _ context: RunContext) throws -> [String: ModelFile] {
        var files: [String: ModelFile] = [:]
        for (index, lora) in loras.enumerated() {
            guard let path = lora.weights else {
                throw ModelFileError.missingFile(
                    path: "\(lora.file.path)/pytorch_lora_weights.safetensors",
                    purpose: "a LoRA of diffusers, or adapter_model.safetensors, one of PEFT"
                )
            }
            try open.require(path, expected: "a LoRA for SDXL") { $0 == .lora }
            let settings = LoRAFile.settings(of: path)
            let file = try open.lora(path, settings: settings)
            for remark in file.remarks { context.warn("\(path): \(remark)") }
            for network in file.networks {
                let role = "\(network.rawValue) lora \(index + 1)"
                files[role] = try ModelFile(path, scale: lora.scale(of: network), context)
                files["\(role) settings"] = try settings.map { try ModelFile($0, context) }
            }
            for embedding in file.embeddings {
                files[SDXLModel.embedding + embedding.name] = try ModelFile(path, context)
            }
        }
        return files
    }
}
