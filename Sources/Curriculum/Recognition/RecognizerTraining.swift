import Imaging
import Models
import Tensors
import Training
import World

/// Trains a face recogniser to tell the people of the small world apart, in any style and from pictures of any size.
///
/// Each micro-batch holds pairs of pictures; within it a picture's partner is to be nearer than everyone else. With
/// thousands of people and minutes of time a contrast learns far faster than ArcFace's classes do.
public struct RecognizerTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    public let config: IResNet.Config
    private let pictures: PersonPictures
    private let peopleAtATime: Int
    private let microBatches: Int
    private let augmentation: CropAugmentation
    private let loss = SupervisedContrast()

    /// - Parameters:
    ///   - people: whom it learns to tell apart
    ///   - size: of most pictures that faces are cut out of, in pixels
    ///   - picturesEach: of each of them, at least 2
    ///   - seed: of the first weights, the pictures, and the choices of each step
    ///   - peopleAtATime: two pictures each are contrasted with one another
    ///   - microBatches: how many a step's batch has
    ///   - rate: the learning rate's peak
    public init(
        config: IResNet.Config,
        people: IdentitySet,
        size: Int = 64,
        picturesEach: Int = 16,
        seed: UInt64,
        steps: Int,
        peopleAtATime: Int = 48,
        microBatches: Int = 2,
        rate: Double = 2e-3
    ) {
        self.steps = steps
        self.config = config
        self.peopleAtATime = peopleAtATime
        self.microBatches = microBatches
        let augmentation = CropAugmentation(side: config.imageSize, margin: 2, channels: 3)
        self.augmentation = augmentation
        pictures = PersonPictures(of: people, size: size, picturesEach: picturesEach, seed: seed) { picture, random in
            picture.recognitionCrop(
                side: augmentation.side,
                margin: augmentation.margin,
                jitter: 0.015,
                &random
            )
        }
        trainer = Trainer(
            // The last norm's scale is 1, as in insightface: it gives numbers of one size.
            TrainableWeights(name: "the recogniser", seed: seed, frozen: NameRule(below: ["features.weight"])),
            settings: TrainingSettings(
                optimizer: AdamW(weightDecay: 0.02),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: min(50, steps / 4),
                    decay: .cosine(steps: steps, final: 0.01 * rate)
                ),
                accumulation: GradientAccumulation(microBatchSize: 2 * peopleAtATime)
            ),
            seeds: ["parts": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> IResNet {
        { [config] in try IResNet($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(microBatches, of: "parts")
        let size = 2 * peopleAtATime
        return try trainer.step(samples: microBatches * size, statistics: .ofInput, build: build) {
            [self] network, microBatch in
            var source = sources[microBatch.lowerBound / size]
            return loss(network(faces(&source)))
        }
    }

    /// Pairs of one micro-batch, (2 `peopleAtATime`, 3, side, side) in -1...1
    private func faces(_ random: inout TorchRandomSource) -> Tensor {
        let side = config.imageSize
        let values = pictures.pairs(peopleAtATime, &random).flatMap { augmentation(pictures[$0], &random) }
        return Tensor(values, shape: [2 * peopleAtATime, side, side, 3]).channelsFirst().affine(scale: 2, shift: -1)
    }

    /// The weights with running statistics, which are measured now, over pictures as in training.
    public func result() throws -> [String: Tensor] {
        try trainer.withStatistics(
            seeds: SeedStream(seed: trainer.seeds["parts"]?.seed ?? 0, position: 1 << 32),
            build: build,
            show: { network, seeds in
                var source = seeds.next()
                _ = network(faces(&source))
            }
        )
    }
}
