import Checkpoints
import Diffusion
import Foundation
import Models
import Tensors

/// The settings and the weights of an SDXL model's parts, whatever files and layouts they come in.
package struct SDXLParts {
    /// As `SDXLLayout` names the roles.
    let paths: [String: String]

    package init(paths: [String: String]) { self.paths = paths }

    package func unetConfig() throws -> UNet2DConditionModel.Config {
        try settings("unet config", inferred: { try $0.unetConfig() })
    }

    package func unetWeights(_ config: UNet2DConditionModel.Config) throws -> any WeightSource {
        try checkpoint("unet").unet(layersPerBlock: config.layersPerBlock)
    }

    package func vaeConfig() throws -> AutoencoderKL.Config {
        try settings("vae config", inferred: { try $0.vaeConfig() })
    }

    package func vaeWeights(_ config: AutoencoderKL.Config) throws -> any WeightSource {
        try checkpoint("vae").vae(levels: config.blockOutChannels.count)
    }

    package func firstEncoderConfig() throws -> CLIPTextConfig {
        try settings("text_encoder config", inferred: { try $0.firstEncoderConfig() })
    }

    package func firstEncoderWeights() throws -> any WeightSource { try checkpoint("text_encoder").firstEncoder() }

    package func secondEncoderConfig() throws -> CLIPTextConfig {
        try settings("text_encoder_2 config", inferred: { try $0.secondEncoderConfig() })
    }

    package func secondEncoderWeights() throws -> any WeightSource { try checkpoint("text_encoder_2").secondEncoder() }

    /// Whether a prompt that is not given is zeros.
    package func forceZerosForEmptyPrompt() throws -> Bool {
        try paths["model index"].map { try decodeConfig(SDXLModelIndex.self, from: $0).forceZerosForEmptyPrompt }
            ?? true
    }

    /// The training schedule that the model's scheduler settings describe, or SDXL's where a file brings none. What the
    /// UNet's own file notes on its output counts for more: the settings may be those of the model it replaces.
    package func noiseSchedule() throws -> NoiseSchedule {
        var settings =
            try paths["scheduler"].map { try decodeConfig(NoiseScheduleConfiguration.self, from: $0) } ?? .sdxl
        if paths["unet"] != nil, try checkpoint("unet").noiseMarkers.predictsVelocity {
            settings.predictionType = .velocity
        }
        return try NoiseSchedule(settings)
    }

    /// SDXL's two tokenizers differ in what they fill texts up with alone: the second takes token 0.
    package func tokenizers() throws -> (CLIPTokenizer, CLIPTokenizer) {
        guard let first = tokenizerFiles("tokenizer") else {
            throw ModelFileError.needs(what: "a tokenizer", because: "the model is incomplete")
        }
        guard let second = tokenizerFiles("tokenizer_2") else {
            return try (CLIPTokenizer(first), CLIPTokenizer(first, padding: 0))
        }
        return try (CLIPTokenizer(first), CLIPTokenizer(second))
    }

    /// The files that were found when the model was named; nil if there were none.
    package func tokenizerFiles(_ role: String) -> TokenizerFiles? {
        let names = TokenizerFiles.names.filter { paths["\(role) \($0)"] != nil }
        guard let name = names.first, let path = paths["\(role) \(name)"] else { return nil }
        return TokenizerFiles(folder: (path as NSString).deletingLastPathComponent, present: names)
    }

    /// A part's settings from its file, or from the shapes of a checkpoint that comes without.
    private func settings<Config: Decodable>(
        _ role: String,
        inferred: (OriginalCheckpoint) throws -> Config
    ) throws -> Config {
        let path = try path(role)
        if path.hasSuffix(".json") { return try decodeConfig(Config.self, from: path) }
        do { return try inferred(OriginalCheckpoint(path)) } catch let error as ModelConfigError {
            throw ModelFileError.badConfig(path: path, reason: "\(error)")
        }
    }

    private func checkpoint(_ role: String) throws -> OriginalCheckpoint { try OriginalCheckpoint(path(role)) }

    private func path(_ role: String) throws -> String {
        guard let path = paths[role] else {
            throw ModelFileError.needs(what: role, because: "the SDXL model is incomplete")
        }
        return path
    }
}
