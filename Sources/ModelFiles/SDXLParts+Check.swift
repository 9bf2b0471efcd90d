import Checkpoints
import Models
import Tensors

extension SDXLParts {
    /// Checks from headers alone that each network finds the tensors that its settings ask for, and that the networks fit
    /// each other: what is wrong with a model is said where it is named, before anything runs.
    ///
    /// - Parameter embeddings: textual inversions that prompts may call
    /// - Throws: `ModelFileError`, `CheckpointError`, `WeightsError`, `SDXLPromptError`
    package func check(embeddings: [TextualInversion] = []) throws {
        let unetConfig = try unetConfig()
        let (first, second) = try (firstEncoderConfig(), secondEncoderConfig())
        try checkText(of: unetConfig, first, second)
        if hasVAE {
            let vaeConfig = try vaeConfig()
            try checkLatents(of: unetConfig, vaeConfig)
            try checkVAE(vaeConfig)
        }
        try checkUNet(unetConfig)
        let weights = try (HeaderWeights(firstEncoderWeights()), HeaderWeights(secondEncoderWeights()))
        if hasTokenizers {
            _ = try promptEncoder(first: weights.0, second: weights.1, embeddings: embeddings)
        } else {
            _ = try CLIPTextModel(Weights(weights.0), config: first)
            _ = try CLIPTextModelWithProjection(Weights(weights.1), config: second)
        }
        _ = try noiseSchedule()
    }

    /// Checks the UNet alone.
    func checkUNet(_ config: UNet2DConditionModel.Config) throws {
        try checkpoint("unet").requireFloats(as: "unet")
        _ = try unet(HeaderWeights(unetWeights(config)), config)
    }

    /// Checks the autoencoder alone.
    func checkVAE(_ config: AutoencoderKL.Config) throws {
        try checkpoint("vae").requireFloats(as: "vae")
        _ = try vae(HeaderWeights(vaeWeights(config)), config)
    }

    private func checkText(
        of unet: UNet2DConditionModel.Config,
        _ first: CLIPTextConfig,
        _ second: CLIPTextConfig
    ) throws {
        let (wanted, given) = (unet.crossAttentionDim, first.hiddenSize + second.hiddenSize)
        guard wanted != given else {
            guard unet.pooledTextDim == second.projectionDim else {
                throw ModelFileError.badConfig(
                    path: try path("unet config"),
                    reason:
                        "the UNet takes a pooled text of \(unet.pooledTextDim) numbers, and the second text encoder gives "
                        + "\(second.projectionDim)"
                )
            }
            return
        }
        throw WeightsError.wrongModel(
            found: wanted == second.hiddenSize
                ? "the SDXL refiner's UNet, which reads the second text encoder alone"
                : "a UNet for text of width \(wanted)",
            expected: "SDXL's UNet, for the \(given) of both text encoders",
            source: try path("unet")
        )
    }

    private func checkLatents(of unet: UNet2DConditionModel.Config, _ vae: AutoencoderKL.Config) throws {
        let source = try vaeWeights(vae)
        let stored = source.shape(of: "decoder.conv_in.weight").flatMap { $0.count > 1 ? $0[1] : nil }
        let channels = stored ?? vae.latentChannels
        guard channels == unet.latentChannels else {
            // Of the two it is the one that is not SDXL's.
            if channels == 4, let weights = paths["unet"] {
                throw WeightsError.wrongModel(
                    found: "\(WeightsKind.unet(.otherLatents(channels: unet.latentChannels)))",
                    expected: "one of 4, as the VAE has them",
                    source: weights
                )
            }
            throw WeightsError.wrongModel(
                found: "a VAE whose latents have \(channels) channels"
                    + (channels == 16 ? ", as those of Stable Diffusion 3 and FLUX" : ""),
                expected: "one of \(unet.latentChannels), as the UNet has them",
                source: try path("vae")
            )
        }
    }
}
