import Imaging
import Kernels
import Models
import Tensors
import Training
import World

/// Trains a face parser on aligned faces of the small world, by cross-entropy. Parts of a face that are few pixels
/// weigh more.
public struct ParserTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let config: BiSeNet.Config
    private let faces: LazyValues<LabelledFace>
    private let batch: Int
    private let seed: UInt64

    /// Pixels on each side of an aligned face.
    static let side = 512
    /// Places on each side at which a loss is taken: twice as many as the network gives logits.
    private static let places = 128
    /// Pictures that are computed together, and so share the statistics of their norms.
    private static let microBatchSize = 6
    /// Of a detector's landmarks, as fractions of the distance between the eyes.
    private static let landmarkNoise: Float = 0.02

    /// - Parameters:
    ///   - config: with the 19 labels of `FaceLabel`
    ///   - pictures: of the sizes that photos may have; each of them is as likely to be drawn
    ///   - seed: of the first weights, and of what each step draws
    ///   - batch: faces in a step
    ///   - rate: the learning rate's peak
    public init(
        config: BiSeNet.Config,
        pictures: [WorldDataset],
        seed: UInt64,
        steps: Int,
        batch: Int = 12,
        rate: Double = 4e-3
    ) {
        require(config.classes == FaceLabel.allCases.count, "a parser of \(config.classes) labels")
        self.config = config
        self.steps = steps
        self.batch = batch
        self.seed = seed
        faces = LazyValues(datasets: pictures, LabelledFace.init)
        trainer = Trainer(
            TrainableWeights(name: "the face parser", seed: seed),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99, weightDecay: 0.01),
                learningRate: LearningRate(peak: rate, warmUp: 30, decay: .cosine(steps: steps, final: 0.01 * rate)),
                averageDecay: 0.98,
                accumulation: GradientAccumulation(microBatchSize: Self.microBatchSize)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> BiSeNet {
        { [config] in try BiSeNet($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        return try trainer.step(samples: batch, statistics: .ofInput, build: build) { [faces] parser, microBatch in
            var sources = Array(sources[microBatch])
            let samples = sources.indices.map { Self.sample(of: faces, &sources[$0]) }
            return Self.loss(parser, samples)
        }
    }

    /// The averages of the weights over the last steps, with the norms' statistics measured for them.
    public func result() throws -> [String: Tensor] {
        try trainer.withStatistics(
            seeds: SeedStream(seed: ~seed),
            build: build,
            show: { parser, seeds in
                var microBatch = seeds.next(Self.microBatchSize)
                let pictures = microBatch.indices.map { Self.sample(of: faces, &microBatch[$0]).picture }
                _ = parser.logits(Self.normalized(pictures))
            }
        )
    }

    private struct Sample {
        /// (1, 3, side, side) in 0...1
        let picture: Tensor
        let labels: [Int]
    }

    private static func sample(of faces: LazyValues<LabelledFace>, _ random: inout TorchRandomSource) -> Sample {
        let face = faces[random.index(below: faces.count)]
        let transform = face.alignment(side: side, noise: random.normal(10).map { $0 * landmarkNoise })
        return Sample(
            picture: face.aligned(by: transform, side: side),
            labels: face.alignedLabels(by: transform, side: side, count: places)
        )
    }

    private static func normalized(_ pictures: [Tensor]) -> Tensor {
        ImageNormalization.imageNet(.concatenated(pictures, axis: 0))
    }

    private static func loss(_ parser: BiSeNet, _ samples: [Sample]) -> SampleLoss {
        let logits = parser.logits(normalized(samples.map(\.picture)))
            .resizedBilinear(height: places, width: places, alignCorners: true).channelsLast()
        let labels = samples.flatMap(\.labels)
        let loss = logits.crossEntropy(labels, weights: labels.map { weights[$0] }) / Float(labels.count)
        return SampleLoss(loss)
    }

    /// Of each label: what is about ten times smaller weighs about three times as much.
    private static let weights: [Float] = FaceLabel.allCases.map { label in
        switch label {
        case .background, .skin, .clothing, .hair: 1
        case .neck, .hat: 1.5
        case .leftBrow, .rightBrow, .leftEye, .rightEye, .glasses, .leftEar, .rightEar, .nose, .mouth, .upperLip,
            .lowerLip:
            3
        case .earring, .necklace: 4
        }
    }
}
