import Imaging
import Tensors
import Training
import World

/// Trains a probe on captioned pictures: each factor that is to be seen, by cross-entropy.
public struct SceneProbeTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let config: SceneProbe.Config
    private let samples: LazyValues<Sample>
    private let batch: Int
    private let augmentation = PictureAugmentation()

    private struct Sample: Sendable {
        let pixels: [UInt8]
        /// Of each factor.
        let values: [Int?]
    }

    /// - Parameters:
    ///   - pictures: of any size, brought to the probe's as it is in use; of people that no other network is trained on
    ///   - seed: of the first weights, and of what each step draws
    ///   - batch: pictures in a step
    ///   - rate: the learning rate's peak
    public init(
        config: SceneProbe.Config = SceneProbe.Config(),
        pictures: WorldDataset,
        seed: UInt64,
        steps: Int,
        batch: Int = 64,
        rate: Double = 3e-3
    ) {
        self.config = config
        self.steps = steps
        self.batch = batch
        samples = LazyValues(count: pictures.count) { index in
            let picture = pictures[index]
            return Sample(
                pixels: picture.bitmap.forProbe.pixels,
                values: SceneFactor.allCases.map { $0.index(in: picture.scene) }
            )
        }
        trainer = Trainer(
            TrainableWeights(name: "the scene probe", seed: seed),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99, weightDecay: 0.02),
                learningRate: LearningRate(peak: rate, warmUp: 50, decay: .cosine(steps: steps, final: 0.01 * rate)),
                averageDecay: 0.99,
                accumulation: GradientAccumulation(microBatchSize: max(1, batch / 2))
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> SceneProbe {
        { [config] in try SceneProbe($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        return try trainer.step(samples: batch, build: build) { [samples, augmentation] probe, microBatch in
            var sources = Array(sources[microBatch])
            let chosen = sources.indices.map { samples[sources[$0].index(below: samples.count)] }
            let side = SceneProbe.side
            let pixels = chosen.indices.flatMap { augmentation(chosen[$0].pixels, side: side, &sources[$0]) }
            let pictures = Tensor(pixels, shape: [chosen.count, side, side, 3]).channelsFirst()
            return Self.loss(probe, pictures, chosen.map(\.values))
        }
    }

    /// The averages of the weights over the last steps.
    public func result() throws -> [String: Tensor] { trainer.average?.values ?? trainer.weights.values }

    /// The sum over the factors of their cross-entropy, a mean over all pictures; what is not to be seen adds nothing.
    private static func loss(_ probe: SceneProbe, _ pictures: Tensor, _ values: [[Int?]]) -> SampleLoss {
        var terms: [String: Float] = [:]
        var total = Tensor.zeros([1])
        for (i, answer) in probe.logits(probe.map(pictures)).enumerated() {
            let loss = answer.logits.crossEntropy(values.map { $0[i] }) / Float(values.count)
            terms[answer.factor.rawValue] = loss.values[0]
            total = total + loss
        }
        return SampleLoss(total, terms: terms)
    }
}
