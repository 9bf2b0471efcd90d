import Curriculum
import Graph
import Kernels
import Models

/// The base model: SDXL's denoiser and its two text encoders.
struct TrainTextToImage: TrainingNode {
    static let version = 1
    static let help =
        "Trains a UNet and both text encoders with the settings of a model's to draw captioned pictures."
    static let precision = PrecisionUse.always
    static let numerics = Gemm.bfloat16Class

    @Input("whose settings and tokenizers; its weights are not used", part: "settings") var model: SDXLModel
    @Input("the VAE's weights") var vae: WeightsArtifact
    @Input("the pictures") var pictures: DatasetArtifact
    @Input("weights to go on from; without them the training begins anew") var from: WeightsArtifact?
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 8000
    @Parameter("pictures in a step", in: 1...4096) var batch: Int = 32
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.001
    @Parameter(TrainingPrecision.help) var precision: TrainingPrecision = .f32

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let networks = try model.networksConfig(context)
        return try context.train(
            TextToImageTraining(
                config: networks,
                pictures: latents(of: pictures, networks, vae, model, context),
                noise: model.noiseSchedule(context),
                from: from?.tensors,
                seed: seed.value,
                steps: steps,
                batch: batch,
                rate: rate
            ),
            in: precision
        )
    }
}

/// Pictures as a denoiser learns from them.
func latents(
    of pictures: DatasetArtifact,
    _ networks: SDXLNetworks.Config,
    _ vae: WeightsArtifact,
    _ model: SDXLModel,
    _ context: RunContext
) throws -> CaptionedLatents {
    CaptionedLatents(
        pictures: pictures.pictures,
        vae: try model.autoencoder(vae, pictures: pictures.pictures.size, context),
        tokenizer: networks.tokenizer,
        tokenizer2: networks.tokenizer2
    )
}
