import Curriculum
import Foundation
import Graph
import Models

/// The network that finds faces.
struct TrainDetector: TrainingNode {
    static let version = 2
    static let help =
        "Trains a face detector in the shape of SCRFD; its files are .onnx, as scrfd_10g_bnkps.onnx is."
    static let precision = PrecisionUse.always

    @Input("what faces are found in, of every size that photos may have") var pictures: AnyNumber<DatasetArtifact>
    @Parameter("channels after the first convolution", in: 1...1024) var stemWidth: Int = 16
    @Parameter("channels of the three layers") var widths: [Int] = [24, 40, 64]
    @Parameter("blocks of these layers") var depths: [Int] = [1, 2, 3]
    @Parameter("channels that faces are read from", in: 1...4096) var neckWidth: Int = 32
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 1000
    @Parameter("pictures in a step", in: 1...1024) var batch: Int = 16
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.003

    func problems() -> [ParameterProblem] { sizeProblems([("widths", widths), ("depths", depths)], count: 3) }

    func run(_ context: RunContext) throws -> DetectorArtifact {
        let config = SCRFDNetwork.Config(stemWidth: stemWidth, widths: widths, depths: depths, neckWidth: neckWidth)
        let weights = try context.train(
            DetectorTraining(
                config: config,
                pictures: pictures.items.map(\.pictures),
                seed: seed.value,
                steps: steps,
                batch: batch,
                rate: rate
            )
        )
        return DetectorArtifact(weights.tensors)
    }
}
