import Checkpoints
import Diffusion
import Foundation
import Models
import Tensors

/// The settings and the weights of an SDXL model's parts, whatever files and layouts they come in.
package struct SDXLParts {
    /// As `SDXLLayout` names the roles.
    let paths: [String: String]
    private let noise: NoiseChoice
    private let files: OpenFiles

    package init(paths: [String: String], noise: NoiseChoice = NoiseChoice(), files: OpenFiles = OpenFiles()) {
        self.paths = paths
        self.noise = noise
        self.files = files
    }

    /// - Throws: `ModelFileError.badConfig` where some settings make no network
    func readSettings() throws {
        _ = try (unetConfig(), firstEncoderConfig(), secondEncoderConfig())
        if hasVAE { _ = try vaeConfig() }
    }

    var hasVAE: Bool { paths["vae"] != nil }

    /// - Returns: also whether the UNet is told the guidance, which its weights say where the settings are another UNet's
    package func unetConfig() throws -> UNet2DConditionModel.Config {
        var config: UNet2DConditionModel.Config = try settings("unet config", inferred: { try $0.unetConfig() })
        if config.timeCondProjDim == nil, paths["unet"] != nil {
            let matrix = try unetWeights(config).shape(of: "time_embedding.cond_proj.weight")
            config.timeCondProjDim = matrix?.last
        }
        return config
    }

    package func unetWeights(_ config: UNet2DConditionModel.Config) throws -> any WeightSource {
        try checkpoint("unet").unet(layersPerBlock: config.layersPerBlock)
    }

    /// - Throws: `WeightsError` for a tensor that is missing, of another shape, or not of a UNet
    package func unet(_ source: any WeightSource, _ config: UNet2DConditionModel.Config) throws -> UNet2DConditionModel
    {
        let weights = Weights(source)
        let unet = try UNet2DConditionModel(weights, config: config)
        weights.ignore(where: NoiseMarkers.isMarker)
        try weights.assertAllUsed()
        return unet
    }

    package func vaeConfig() throws -> AutoencoderKL.Config {
        try settings("vae config", inferred: { try $0.vaeConfig() })
    }

    package func vaeWeights(_ config: AutoencoderKL.Config) throws -> any WeightSource {
        try checkpoint("vae").vae(levels: config.blockOutChannels.count)
    }

    /// - Throws: `WeightsError` for a tensor that is missing, of another shape, or not of an autoencoder
    package func vae(_ source: any WeightSource, _ config: AutoencoderKL.Config) throws -> AutoencoderKL {
        let weights = Weights(source)
        let vae = try AutoencoderKL(weights, config: config)
        try weights.assertAllUsed()
        return vae
    }

    package func firstEncoderConfig() throws -> CLIPTextConfig {
        try settings("text_encoder config", inferred: { try $0.firstEncoderConfig() })
    }

    package func firstEncoderWeights() throws -> any WeightSource { try checkpoint("text_encoder").firstEncoder() }

    package func secondEncoderConfig() throws -> CLIPTextConfig {
        try settings("text_encoder_2 config", inferred: { try $0.secondEncoderConfig() })
    }

    package func secondEncoderWeights() throws -> any WeightSource { try checkpoint("text_encoder_2").secondEncoder() }

    /// Both text encoders with their tokenizers.
    ///
    /// - Throws: `WeightsError`; `ModelFileError.badConfig` where encoders and tokenizers do not fit each other
    package func promptEncoder(
        first: any WeightSource,
        second: any WeightSource,
        embeddings: [TextualInversion] = []
    ) throws -> SDXLPromptEncoder {
        do {
            return try SDXLPromptEncoder(
                tokenizers: tokenizers(),
                first: CLIPTextModel(Weights(first), config: firstEncoderConfig()),
                second: CLIPTextModelWithProjection(Weights(second), config: secondEncoderConfig()),
                forceZerosForEmptyPrompt: forceZerosForEmptyPrompt(),
                embeddings: embeddings
            )
        } catch let error as SDXLPromptError {
            if case .embedding = error { throw error }
            throw ModelFileError.badConfig(path: tokenizerFiles("tokenizer")?.folder ?? "", reason: "\(error)")
        }
    }

    /// Whether a prompt that is not given is zeros.
    package func forceZerosForEmptyPrompt() throws -> Bool {
        try paths["model index"].map { try decodeConfig(SDXLModelIndex.self, from: $0).forceZerosForEmptyPrompt }
            ?? true
    }

    /// The training schedule that the recipe, the UNet's own file and the scheduler's settings describe, in this order; SDXL's
    /// where none does.
    package func noiseSchedule() throws -> NoiseSchedule {
        var process = try paths["scheduler"].map { try decodeConfig(SchedulerSettings.self, from: $0).process } ?? .sdxl
        let markers = try paths["unet"].map { _ in try checkpoint("unet").noiseMarkers() }
        process = markers?.process(over: process) ?? process
        do {
            process = try noise.process(over: process)
            return try NoiseSchedule(markers?.ending(process) ?? process)
        } catch let error where error is NoiseScheduleError || error is ModelFileError {
            throw ModelFileError.badConfig(path: try path("unet"), reason: "\(error)")
        }
    }

    /// What the UNet's own file says of its noise and what is not followed, each a sentence.
    package func idleNotes() throws -> [String] {
        let markers = try checkpoint("unet").noiseMarkers()
        let process = try noiseSchedule().process
        let path = try path("unet")
        return markers.idle(in: process).map { "\(path): \($0)" }
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

    var hasTokenizers: Bool { tokenizerFiles("tokenizer") != nil }

    /// The files that were found when the model was named; nil if there were none.
    private func tokenizerFiles(_ role: String) -> TokenizerFiles? {
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
        do { return try inferred(OriginalCheckpoint(files.source(path))) } catch let error
            where error is ModelConfigError || error is UNetConfigError
        {
            throw ModelFileError.badConfig(path: path, reason: "\(error)")
        }
    }

    func checkpoint(_ role: String) throws -> OriginalCheckpoint { try OriginalCheckpoint(files.source(path(role))) }

    func path(_ role: String) throws -> String {
        guard let path = paths[role] else {
            throw ModelFileError.needs(what: role, because: "the SDXL model is incomplete")
        }
        return path
    }
}
