import Curriculum
import Graph

/// The network that reads off a picture what a caption would say.
struct TrainProbe: TrainingNode {
    static let version = 2
    static let help =
        "Trains a probe that reads style, background, clothes and so on off pictures; evaluate measures with it."
    static let precision = PrecisionUse.always

    @Input("captioned pictures of any size, brought to 64 pixels, of people that no other network sees") var pictures:
        DatasetArtifact
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 1500
    @Parameter("pictures in a step", in: 1...1024) var batch: Int = 64
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.003

    func run(_ context: RunContext) throws -> WeightsArtifact {
        try context.train(
            SceneProbeTraining(
                pictures: pictures.pictures,
                seed: seed.value,
                steps: steps,
                batch: batch,
                rate: rate
            )
        )
    }
}
