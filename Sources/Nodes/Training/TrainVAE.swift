import Curriculum
import Graph
import Kernels
import Models

/// Which part of an autoencoder learns.
enum TrainedVAEPart: String, ParameterChoice { case all, decoder }

/// The autoencoder between pictures and latents.
struct TrainVAE: TrainingNode {
    static let name = "train_vae"
    static let version = 1
    static let help =
        "Trains a VAE with the settings of a model's; its latents have mean 0 and deviation 1 once they are scaled."
    static let precision = PrecisionUse.always
    static let numerics = Gemm.bfloat16Class

    @Input("whose VAE's settings; its weights are not used", part: "settings") var model: SDXLModel
    @Input("the pictures") var pictures: DatasetArtifact
    @Input("weights to go on from; without them the training begins anew") var from: WeightsArtifact?
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 14_000
    @Parameter("pictures in a step", in: 1...1024) var batch: Int = 8
    @Parameter(
        "pixels on each side of a part of each picture that is learned from, which takes less time than all of it; the whole unless given",
        in: 16...1024
    )
    var crop: Int? = nil
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.002

    @Parameter("what is trained: decoder leaves the latents what they are, for a model that already draws them")
    var part: TrainedVAEPart = .all
    @Parameter("of the pixels' squared differences in the loss, beside their magnitudes", in: 0...1000)
    var squareWeight: Double = 0
    @Parameter("of the pixels of eyes, brows, nose, mouth and glasses, over that of others", in: 0...100)
    var featureWeight: Double = 1
    @Parameter(TrainingPrecision.help) var precision: TrainingPrecision = .f32

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let config = try model.vaeConfig(context)
        let (side, factor) = (pictures.pictures.size, max(config.downscale, ReconstructionLoss.patchSide))
        for side in [side, crop ?? side] where side % factor != 0 {
            throw NodeError.unevenPicture(width: side, height: side, factor: factor)
        }
        return try context.train(
            VAETraining(
                config: config,
                pictures: pictures.pictures,
                from: from?.tensors,
                seed: seed.value,
                steps: steps,
                batch: batch,
                crop: crop,
                rate: rate,
                loss: ReconstructionLoss(squares: Float(squareWeight), features: Float(featureWeight)),
                isDecoderAlone: part == .decoder
            ),
            in: precision
        )
    }
}
