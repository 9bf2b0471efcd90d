import Imaging
import Models
import Tensors
import Training
import World

/// Trains a face detector on scenes of pictures of the small world.
public struct DetectorTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let config: SCRFDNetwork.Config
    private let sources: LazyValues<DetectorScene.Source>
    private let batch: Int
    private let loss = DetectorLoss()
    private let seed: UInt64

    /// Scenes that are computed together, and so share the statistics of their norms.
    private static let microBatchSize = 8

    /// - Parameters:
    ///   - pictures: of the sizes that photos may have; each of them is as likely to be drawn
    ///   - seed: of the first weights, and of what each step draws
    ///   - batch: scenes in a step
    ///   - rate: the learning rate's peak
    public init(
        config: SCRFDNetwork.Config = SCRFDNetwork.Config(),
        pictures: [WorldDataset],
        seed: UInt64,
        steps: Int,
        batch: Int = 16,
        rate: Double = 3e-3
    ) {
        self.config = config
        self.steps = steps
        self.batch = batch
        self.seed = seed
        sources = LazyValues(datasets: pictures, DetectorScene.Source.init)
        trainer = Trainer(
            TrainableWeights(name: "the face detector", from: Self.firstBiases, seed: seed),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99, weightDecay: 0.01),
                learningRate: LearningRate(peak: rate, warmUp: 50, decay: .cosine(steps: steps, final: 0.01 * rate)),
                clipping: GradientClipping(maximum: 5),
                averageDecay: 0.98,
                accumulation: GradientAccumulation(microBatchSize: Self.microBatchSize)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> SCRFDNetwork {
        { [config] in try SCRFDNetwork($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let seeds = trainer.sources(batch, of: "samples")
        return try trainer.step(samples: batch, statistics: .ofInput, build: build) {
            [sources, loss] network, microBatch in
            var seeds = Array(seeds[microBatch])
            let scenes = seeds.indices.map { DetectorScene(sources, &seeds[$0]) }
            return loss(network.levels(Self.pictures(of: scenes)), scenes.map(\.faces))
        }
    }

    /// The averages of the weights over the last steps, with the norms' statistics measured for them.
    public func result() throws -> [String: Tensor] {
        try trainer.withStatistics(
            seeds: SeedStream(seed: ~seed),
            build: build,
            show: { network, seeds in
                var microBatch = seeds.next(Self.microBatchSize)
                let scenes = microBatch.indices.map { DetectorScene(sources, &microBatch[$0]) }
                _ = network.levels(Self.pictures(of: scenes))
            }
        )
    }

    private static func pictures(of scenes: [DetectorScene]) -> Tensor {
        Tensor(scenes.flatMap(\.pixels), shape: [scenes.count, DetectorScene.side, DetectorScene.side, 3])
    }

    /// Hardly any anchor has a face, and one that has one has it in its usual size: training begins there.
    private static let firstBiases = GivenWeights(
        name: "the face detector's first biases",
        Dictionary(
            uniqueKeysWithValues: SCRFD.strides.indices.flatMap { level in
                [
                    ("heads.\(level).scores.bias", Tensor(repeating: -4, shape: [SCRFD.anchors])),
                    ("heads.\(level).distances.bias", Tensor(repeating: 1, shape: [4 * SCRFD.anchors])),
                ]
            }
        )
    )
}
