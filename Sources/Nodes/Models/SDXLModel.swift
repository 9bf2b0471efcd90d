import Checkpoints
import Diffusion
import Graph
import Models
import Tensors

/// An SDXL model by its files; its networks are loaded when a node first needs them and stay in memory for the run.
public struct SDXLModel: ModelReference {
    public static let kind = "SDXL model"

    let files: [String: ModelFile]
    /// The first and the second tokenizer's; their content is in `files`.
    let tokenizerFolders: [String]

    func unet(_ context: RunContext) throws -> UNet2DConditionModel {
        try context.residents.value(for: residentKey(prefix: "unet")) {
            let config = try decodeConfig(UNet2DConditionModel.Config.self, from: path("unet config"))
            let weights = Weights(try WeightFile.open(path("unet")))
            let unet = try UNet2DConditionModel(weights, config: config)
            try weights.assertAllUsed()
            return unet
        }
    }

    func vaeConfig(_ context: RunContext) throws -> AutoencoderKL.Config {
        try context.residents.value(for: residentKey(["vae config"])) {
            try decodeConfig(AutoencoderKL.Config.self, from: path("vae config"))
        }
    }

    func vae(_ context: RunContext) throws -> AutoencoderKL {
        try context.residents.value(for: residentKey(prefix: "vae")) {
            let weights = Weights(try WeightFile.open(path("vae")))
            let vae = try AutoencoderKL(weights, config: vaeConfig(context))
            try weights.assertAllUsed()
            return vae
        }
    }

    /// Both tokenizers and text encoders.
    func promptEncoder(_ context: RunContext) throws -> SDXLPromptEncoder {
        let roles = files.keys.filter {
            $0.hasPrefix("text_encoder") || $0.hasPrefix("tokenizer") || $0 == "model index"
        }.sorted()
        return try context.residents.value(for: residentKey(roles)) {
            func weights(_ role: String) throws -> Weights { Weights(try WeightFile.open(path(role))) }
            func config(_ role: String) throws -> CLIPTextConfig {
                try decodeConfig(CLIPTextConfig.self, from: path(role))
            }
            return try SDXLPromptEncoder(
                tokenizers: (CLIPTokenizer(folder: tokenizerFolders[0]), CLIPTokenizer(folder: tokenizerFolders[1])),
                first: CLIPTextModel(weights("text_encoder"), config: config("text_encoder config")),
                second: CLIPTextModelWithProjection(
                    weights("text_encoder_2"),
                    config: config("text_encoder_2 config")
                ),
                forceZerosForEmptyPrompt: decodeConfig(SDXLModelIndex.self, from: path("model index"))
                    .forceZerosForEmptyPrompt
            )
        }
    }

    /// The training schedule that the model's scheduler settings describe.
    func noiseSchedule(_ context: RunContext) throws -> NoiseSchedule {
        try context.residents.value(for: residentKey(["scheduler"])) {
            try NoiseSchedule(decodeConfig(NoiseScheduleConfiguration.self, from: path("scheduler")))
        }
    }

    private func path(_ role: String) throws -> String {
        guard let file = files[role] else { throw NodeError.needs(what: role, because: "the model is incomplete") }
        return file.path
    }
}
