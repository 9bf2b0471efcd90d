import Imaging
import Models
import Tensors
import Training
import World

/// Trains PuLID's vision tower on what PuLID shows it: an aligned face with its hair, in grey, on white.
///
/// Its output is to tell people apart, by the contrast that recognisers learn from. The hidden states are to hold what a
/// face looks like: from the mean over the patches of each, a layer that is thrown away afterwards reads the person's
/// traits.
public struct VisionTowerTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    public let config: EVAVisionTransformer.Config
    private let pictures: PersonPictures
    private let peopleAtATime: Int
    private let microBatches: Int
    private let traitShare: Float
    private let augmentation: CropAugmentation
    private let contrast = SupervisedContrast()

    /// - Parameters:
    ///   - people: whom it learns to tell apart
    ///   - size: of most pictures that faces are cut out of, in pixels
    ///   - picturesEach: of each of them, at least 2
    ///   - seed: of the first weights, the pictures, and the choices of each step
    ///   - peopleAtATime: two pictures each are contrasted with one another
    ///   - microBatches: how many a step's batch has
    ///   - rate: the learning rate's peak
    ///   - traitShare: what the loss of the traits counts beside the contrast
    public init(
        config: EVAVisionTransformer.Config,
        people: IdentitySet = .training,
        size: Int = 64,
        picturesEach: Int = 16,
        seed: UInt64,
        steps: Int,
        peopleAtATime: Int = 48,
        microBatches: Int = 2,
        rate: Double = 1e-3,
        traitShare: Float = 2
    ) {
        self.steps = steps
        self.config = config
        self.peopleAtATime = peopleAtATime
        self.microBatches = microBatches
        self.traitShare = traitShare
        let augmentation = CropAugmentation(side: config.imageSize, margin: 2, channels: 1, keepsWhite: true)
        self.augmentation = augmentation
        pictures = PersonPictures(of: people, size: size, picturesEach: picturesEach, seed: seed) { picture, random in
            picture.featureCrop(side: augmentation.side, margin: augmentation.margin, jitter: 0.01, &random)
        }
        trainer = Trainer(
            TrainableWeights(name: "the vision tower", seed: seed),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.98, weightDecay: 0.05),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: min(100, steps / 4),
                    decay: .cosine(steps: steps, final: 0.01 * rate)
                ),
                accumulation: GradientAccumulation(microBatchSize: 2 * peopleAtATime)
            ),
            seeds: ["parts": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> TraitReadingTower {
        { [config] in try TraitReadingTower($0, config: config, traits: FaceIdentity.traitCount) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(microBatches, of: "parts")
        let size = 2 * peopleAtATime
        return try trainer.step(samples: microBatches * size, build: build) { [self] network, microBatch in
            var source = sources[microBatch.lowerBound / size]
            let places = pictures.pairs(peopleAtATime, &source)
            let faces = faces(places.map { augmentation(pictures[$0], &source) })
            let seen = network.tower(faces)
            let people = places.flatMap { pictures.people[$0.person].traits }
            let contrast = contrast(seen.embedding)
            let traits = network.traitLoss(seen, of: Tensor(people, shape: [size, FaceIdentity.traitCount]))
            return SampleLoss(
                contrast.total + traits * traitShare,
                terms: contrast.terms.merging(["traits": traits.values[0]]) { $1 }
            )
        }
    }

    /// Grey faces in 0...1 -> (B, 3, side, side) as the tower takes them.
    private func faces(_ grey: [[Float]]) -> Tensor {
        let side = config.imageSize
        let picture = Tensor(grey.flatMap { $0 }, shape: [grey.count, 1, side, side])
        return ImageNormalization.clip(.concatenated([picture, picture, picture], axis: 1))
    }

    /// As in an EVA02-CLIP checkpoint, below `visual`.
    public func result() throws -> [String: Tensor] {
        trainer.weights.values.filter { $0.key.hasPrefix("visual.") }
    }
}
