import Diffusion
import Imaging
import Models
import Tensors
import Training

/// SDXL's training: the denoiser and both text encoders learn together to predict the noise in latents of
/// captioned pictures, at all noise levels alike.
///
/// Podell et al. 2023, https://arxiv.org/abs/2307.01952; diffusers: examples/text_to_image/train_text_to_image_sdxl.py
public struct TextToImageTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let config: SDXLNetworks.Config
    private let pictures: CaptionedLatents
    private let noise: NoiseSchedule
    private let batch: Int
    private let emptyText: CaptionedLatent.Tokens

    /// - Parameters:
    ///   - pictures: what is learned, encoded with the autoencoder and the tokenizers that belong to `config`
    ///   - start: weights to go on from, by the names that `result()` gives them; nil to begin anew
    ///   - seed: of the first weights, and of what each step draws
    ///   - batch: pictures in a step
    ///   - microBatchSize: pictures that one thread takes at a time
    ///   - rate: the learning rate's peak
    public init(
        config: SDXLNetworks.Config,
        pictures: CaptionedLatents,
        noise: NoiseSchedule,
        from start: [String: Tensor]? = nil,
        seed: UInt64,
        steps: Int,
        batch: Int = 32,
        microBatchSize: Int = 16,
        rate: Double = 1e-3
    ) {
        self.steps = steps
        self.config = config
        self.pictures = pictures
        self.noise = noise
        self.batch = batch
        emptyText = pictures.tokens("")
        let warmUp = min(100, steps / 2)
        trainer = Trainer(
            start.map { TrainableWeights(name: Self.name, from: GivenWeights(name: Self.name, $0), seed: nil) }
                ?? TrainableWeights(name: Self.name, seed: seed, zeroed: Self.endsOfBranches),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: warmUp,
                    hold: max(0, steps * 3 / 5 - warmUp),
                    decay: .linear(steps: steps, final: 0.05 * rate)
                ),
                averageDecay: 0.999,
                accumulation: GradientAccumulation(microBatchSize: microBatchSize)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    private static let name = "the text-to-image model"
    /// The denoiser begins as its shortcuts alone, and with no noise as its prediction.
    private static let endsOfBranches = NameRule(
        lastParts: ["conv2", "proj_out", "conv_out"].flatMap { ["\($0).weight", "\($0).bias"] }
    )

    public var build: @Sendable (Weights) throws -> SDXLNetworks {
        { [config] in try SDXLNetworks($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        return try trainer.step(samples: batch, build: build) { [pictures, noise, emptyText] networks, microBatch in
            let samples = sources[microBatch].map { source in
                var source = source
                return NoisedSample(of: pictures, noise, emptyText: emptyText, &source)
            }
            return SampleLoss(networks.noiseLoss(samples))
        }
    }

    /// The averages over the last steps, which draw better than the last values do; each network's tensors below the
    /// name of its folder (`SDXLNetworks.parts`).
    public func result() throws -> [String: Tensor] { trainer.average?.values ?? trainer.weights.values }
}

extension NoisedSample {
    /// A picture, a noise level and a noise that `random` picks. One in twenty learns without a prompt and one in twenty
    /// with an empty one, for guidance away from either.
    fileprivate init(
        of pictures: CaptionedLatents,
        _ schedule: NoiseSchedule,
        emptyText: CaptionedLatent.Tokens,
        _ random: inout some RandomSource
    ) {
        let picture = pictures[random.index(below: pictures.count)]
        let timestep = random.index(below: schedule.sigmas.count)
        let tokens: CaptionedLatent.Tokens? =
            switch random.index(below: 20) {
            case 0: nil
            case 1: emptyText
            default: picture.tokens
            }
        self.init(
            picture.latent,
            noise: random.normal(picture.latent.shape),
            at: timestep,
            of: schedule,
            tokens: tokens,
            sizes: picture.sizes
        )
    }
}
