import Curriculum
import Graph
import Models

/// The autoencoder between pictures and latents.
struct TrainVAE: Node {
    static let name = "train_vae"
    static let version = 1
    static let help =
        "Trains a VAE with the settings of a model's; its latents have mean 0 and deviation 1 once they are scaled."

    @Input("whose VAE's settings; its weights are not used", part: "vae") var model: SDXLModel
    @Input("the pictures") var pictures: DatasetArtifact
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 14_000
    @Parameter("pictures in a step", in: 1...1024) var batch: Int = 8
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.002

    func run(_ context: RunContext) throws -> WeightsArtifact {
        WeightsArtifact(
            try context.train(
                VAETraining(
                    config: model.vaeConfig(context),
                    pictures: pictures.pictures,
                    seed: seed.value,
                    steps: steps,
                    batch: batch,
                    rate: rate
                )
            )
        )
    }
}
