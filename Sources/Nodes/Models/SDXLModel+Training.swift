import Curriculum
import Graph
import ModelFiles
import Models

/// What trainings take of a model: its settings.
extension SDXLModel {
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
    /// - Throws: `ModelFileError` where they do not fit each other, or the VAE
    func networksConfig(_ context: RunContext) throws -> SDXLNetworks.Config {
        let (tokenizer, tokenizer2) = try parts.tokenizers()
        let config = try SDXLNetworks.Config(
            unet: parts.unetConfig(),
            textEncoder: parts.firstEncoderConfig(),
            textEncoder2: parts.secondEncoderConfig(),
            tokenizer: tokenizer,
            tokenizer2: tokenizer2
        )
        let latents = try vaeConfig(context).latentChannels
        guard config.unet.latentChannels == latents else {
            throw ModelFileError.badConfig(
                path: try path("unet config"),
                reason: "in_channels is \(config.unet.latentChannels), but the VAE's latent_channels are \(latents)"
            )
        }
        return config
    }
}
