import Curriculum
import Graph
import Models

/// The network that tells for each pixel what part of a face it shows.
struct TrainParser: TrainingNode {
    static let version = 1
    static let help = "Trains a face parser (BiSeNet) on aligned faces with the small world's own labels."
    static let precision = PrecisionUse.always

    @Input("what faces are cut out of, of every size that photos may have") var pictures: AnyNumber<DatasetArtifact>
    @Parameter("channels after the first convolution", in: 1...1024) var stemWidth: Int = 8
    @Parameter("channels of the backbone's four layers") var widths: [Int] = [8, 16, 24, 32]
    @Parameter("blocks of these layers") var depths: [Int] = [2, 2, 2, 2]
    @Parameter("channels that bring context", in: 1...4096) var contextWidth: Int = 16
    @Parameter("channels after both paths are fused", in: 1...4096) var fusionWidth: Int = 32
    @Parameter("channels before the labels", in: 1...4096) var headWidth: Int = 32
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 300
    @Parameter("faces in a step", in: 1...1024) var batch: Int = 12
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.004

    func problems() -> [ParameterProblem] { sizeProblems([("widths", widths), ("depths", depths)], count: 4) }

    func run(_ context: RunContext) throws -> WeightsArtifact {
        try context.train(
            ParserTraining(
                config: BiSeNet.Config(
                    stemWidth: stemWidth,
                    widths: widths,
                    depths: depths,
                    contextWidth: contextWidth,
                    fusionWidth: fusionWidth,
                    headWidth: headWidth
                ),
                pictures: pictures.items.map(\.pictures),
                seed: seed.value,
                steps: steps,
                batch: batch,
                rate: rate
            )
        )
    }
}
