import Checkpoints
import Graph

/// diffusers: DiffusionPipeline.from_pretrained, the layout of a saved StableDiffusionXLPipeline; and `from_single_file`
struct LoadSDXL: Node {
    static let name = "load_sdxl"
    static let version = 1
    static let help =
        "Names an SDXL model: a folder in the layout of diffusers, or a checkpoint in one file. Weights are read when they are needed."
    static let evaluation = Evaluation.reference

    @Parameter(
        "a folder with unet, vae, text_encoder, text_encoder_2, tokenizer, tokenizer_2, scheduler; or one .safetensors file with all networks"
    )
    var base: PathReference
    @Parameter("another UNet of the same shape (SDXL-Lightning): a file, or a folder with one and its config.json")
    var unet: PathReference? = nil
    @Parameter("another VAE: a file that fits the base's settings, or a folder with its own config.json")
    var vae: PathReference? = nil
    @Parameter(
        "a folder with tokenizer and tokenizer_2, or one CLIP tokenizer for both; else the base's own, or those beside its file"
    )
    var tokenizer: PathReference? = nil
    @Parameter(
        "settings for a base in one file: a folder in the layout of diffusers, whose weights are not read; else they follow from SDXL and the file's shapes"
    )
    var config: PathReference? = nil
    @Parameter("LoRAs to merge, in this order, each {file, scale}; in the key style of kohya, diffusers or PEFT")
    var loras: [LoRAChoice] = []

    func run(_ context: RunContext) throws -> SDXLModel {
        var files = SDXLFiles(base: base.path, config: config?.path)
        try files.add(unet: unet?.path, vae: vae?.path)
        try files.addTokenizers(from: tokenizer?.path)
        var contents = try files.paths.mapValues { try ModelFile($0, context) }
        for (index, lora) in loras.enumerated() {
            try WeightFile.require(lora.file.path, expected: "a LoRA for SDXL") { $0 == .lora }
            let file = try ModelFile(lora.file.path, scale: lora.scale, context)
            for network in try LoRAFile(lora.file.path).networks {
                contents["\(network.rawValue) lora \(index + 1)"] = file
            }
        }
        return SDXLModel(files: contents, tokenizerFolders: files.tokenizerFolders)
    }
}
