import Checkpoints
import Curriculum
import Diffusion
import Foundation
import Graph
import Models
import Tensors

/// An SDXL model by its files; its networks are loaded when a node first needs them and stay in memory while
/// there is room.
public struct SDXLModel: ModelReference {
    public static let kind = "SDXL model"

    let files: [String: ModelFile]

    func unet(_ context: RunContext) throws -> UNet2DConditionModel {
        try resident(roles(prefix: "unet"), context) { reserve in
            let config = try settings("unet config", inferred: { try $0.unetConfig() })
            let weights = Weights(
                try merged(.unet, into: checkpoint("unet").unet(layersPerBlock: config.layersPerBlock))
            )
            reserve(weights.bytesInMemory)
            let unet = try UNet2DConditionModel(weights, config: config)
            weights.ignore(where: NoiseMarkers.isMarker)
            try weights.assertAllUsed()
            return unet
        }
    }

    func vaeConfig(_ context: RunContext) throws -> AutoencoderKL.Config {
        try resident(["vae config"], for: "settings", context) { _ in
            try settings("vae config", inferred: { try $0.vaeConfig() })
        }
    }

    func vae(_ context: RunContext) throws -> AutoencoderKL {
        try resident(roles(prefix: "vae"), context) { reserve in
            let config = try vaeConfig(context)
            let weights = Weights(try checkpoint("vae").vae(levels: config.blockOutChannels.count))
            reserve(weights.bytesInMemory)
            let vae = try AutoencoderKL(weights, config: config)
            try weights.assertAllUsed()
            return vae
        }
    }

    /// Both tokenizers and text encoders.
    func promptEncoder(_ context: RunContext) throws -> SDXLPromptEncoder {
        let roles = files.keys.filter {
            $0.hasPrefix("text_encoder") || $0.hasPrefix("tokenizer") || $0 == "model index"
        }.sorted()
        return try resident(roles, context) { reserve in
            let first = Weights(try merged(.textEncoder, into: checkpoint("text_encoder").firstEncoder()))
            let second = Weights(try merged(.textEncoder2, into: checkpoint("text_encoder_2").secondEncoder()))
            reserve(first.bytesInMemory + second.bytesInMemory)
            do {
                return try SDXLPromptEncoder(
                    tokenizers: tokenizers(),
                    first: CLIPTextModel(
                        first,
                        config: settings("text_encoder config", inferred: { try $0.firstEncoderConfig() })
                    ),
                    second: CLIPTextModelWithProjection(
                        second,
                        config: settings("text_encoder_2 config", inferred: { try $0.secondEncoderConfig() })
                    ),
                    forceZerosForEmptyPrompt: files["model index"].map {
                        try decodeConfig(SDXLModelIndex.self, from: $0.path).forceZerosForEmptyPrompt
                    } ?? true
                )
            } catch let error as SDXLPromptError {
                throw NodeError.badConfig(path: tokenizer("tokenizer")?.folder ?? "", reason: "\(error)")
            }
        }
    }

    /// An autoencoder with the model's settings and other weights.
    ///
    /// - Parameter side: of the square pictures that it will see, in pixels
    /// - Throws: `NodeError.unevenPicture` where they do not make whole latents; `ModelConfigError`; `WeightsError`
    func autoencoder(_ weights: WeightsArtifact, pictures side: Int = 64, _ context: RunContext) throws -> AutoencoderKL
    {
        let config = try vaeConfig(context)
        guard side % config.downscale == 0 else {
            throw NodeError.unevenPicture(width: side, height: side, factor: config.downscale)
        }
        return try AutoencoderKL(weights.source("the VAE"), config: config)
    }

    /// The sizes of the UNet and the text encoders, and the tokenizers: what a training from nothing needs.
    ///
    /// - Throws: `NodeError` where they do not fit each other, or the VAE
    func networksConfig(_ context: RunContext) throws -> SDXLNetworks.Config {
        let (tokenizer, tokenizer2) = try tokenizers()
        let config = try SDXLNetworks.Config(
            unet: try settings("unet config", inferred: { try $0.unetConfig() }),
            textEncoder: try settings("text_encoder config", inferred: { try $0.firstEncoderConfig() }),
            textEncoder2: try settings("text_encoder_2 config", inferred: { try $0.secondEncoderConfig() }),
            tokenizer: tokenizer,
            tokenizer2: tokenizer2
        )
        let latents = try vaeConfig(context).latentChannels
        guard config.unet.latentChannels == latents else {
            throw NodeError.badConfig(
                path: try path("unet config"),
                reason: "in_channels is \(config.unet.latentChannels), but the VAE's latent_channels are \(latents)"
            )
        }
        return config
    }

    /// The training schedule that the model's scheduler settings describe, or SDXL's where a file brings none. What the
    /// UNet's own file notes on its output counts for more: the settings may be those of the model it replaces.
    func noiseSchedule(_ context: RunContext) throws -> NoiseSchedule {
        try resident(["scheduler", "unet"], for: "noise", context) { _ in
            var settings =
                try files["scheduler"].map { try decodeConfig(NoiseScheduleConfiguration.self, from: $0.path) } ?? .sdxl
            if files["unet"] != nil, try checkpoint("unet").noiseMarkers.predictsVelocity {
                settings.predictionType = .velocity
            }
            return try NoiseSchedule(settings)
        }
    }

    /// SDXL's two tokenizers differ in what they fill texts up with alone: the second takes token 0.
    private func tokenizers() throws -> (CLIPTokenizer, CLIPTokenizer) {
        guard let first = tokenizer("tokenizer") else {
            throw NodeError.needs(what: "a tokenizer", because: "the model is incomplete")
        }
        guard let second = tokenizer("tokenizer_2") else {
            return try (CLIPTokenizer(first), CLIPTokenizer(first, padding: 0))
        }
        return try (CLIPTokenizer(first), CLIPTokenizer(second))
    }

    /// The files that were found when the model was named; nil if there were none.
    private func tokenizer(_ role: String) -> TokenizerFiles? {
        let names = TokenizerFiles.names.filter { files["\(role) \($0)"] != nil }
        guard let name = names.first, let file = files["\(role) \(name)"] else { return nil }
        return TokenizerFiles(folder: (file.path as NSString).deletingLastPathComponent, present: names)
    }

    /// A part's settings from its file, or from the shapes of a checkpoint that comes without.
    private func settings<Config: Decodable>(
        _ role: String,
        inferred: (OriginalCheckpoint) throws -> Config
    ) throws -> Config {
        let path = try path(role)
        if path.hasSuffix(".json") { return try decodeConfig(Config.self, from: path) }
        do { return try inferred(OriginalCheckpoint(path)) } catch let error as ModelConfigError {
            throw NodeError.badConfig(path: path, reason: "\(error)")
        }
    }

    private func checkpoint(_ role: String) throws -> OriginalCheckpoint { try OriginalCheckpoint(path(role)) }

    /// A network's weights with the LoRAs that change it, in the recipe's order.
    private func merged(_ network: LoRAFile.Network, into base: any WeightSource) throws -> any WeightSource {
        let prefix = "\(network.rawValue) lora "
        let loras = files.filter { $0.key.hasPrefix(prefix) }
            .sorted { (Int($0.key.dropFirst(prefix.count)) ?? 0) < (Int($1.key.dropFirst(prefix.count)) ?? 0) }
        guard !loras.isEmpty else { return base }
        return try LoRAWeights(
            base,
            network: network,
            loras: loras.map { (try LoRAFile($0.value.path), Float($0.value.scale ?? 1)) }
        )
    }
}
