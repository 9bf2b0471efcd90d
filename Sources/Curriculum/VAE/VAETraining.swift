import Imaging
import Models
import Tensors
import Training
import World

/// Trains an autoencoder on pictures of the small world.
public struct VAETraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    public let config: AutoencoderKL.Config
    public let pictures: WorldDataset
    private let batch: Int
    private let crop: Int
    private let loss: ReconstructionLoss
    private let isDecoderAlone: Bool

    /// - Parameters:
    ///   - start: weights to go on from; nil to begin anew
    ///   - seed: of the first weights, and of the pictures and noises of each step
    ///   - batch: pictures in a step
    ///   - crop: side of the square that is cut out of each picture and learned from; the whole picture unless given
    ///   - rate: the learning rate's peak
    ///   - isDecoderAlone: latents stay what they are, so that what was trained on them goes on to be right
    public init(
        config: AutoencoderKL.Config,
        pictures: WorldDataset,
        from start: [String: Tensor]? = nil,
        seed: UInt64,
        steps: Int,
        batch: Int = 8,
        crop: Int? = nil,
        rate: Double = 2e-3,
        loss: ReconstructionLoss = ReconstructionLoss(),
        isDecoderAlone: Bool = false
    ) {
        let frozen = isDecoderAlone ? NameRule(below: ["encoder", "quant_conv"]) : .none
        self.steps = steps
        self.config = config
        self.pictures = pictures
        self.batch = batch
        self.crop = min(crop ?? pictures.size, pictures.size)
        self.loss = loss
        self.isDecoderAlone = isDecoderAlone
        trainer = Trainer(
            start.map {
                TrainableWeights(name: "the VAE", from: GivenWeights(name: "the VAE", $0), seed: nil, frozen: frozen)
            }
                ?? TrainableWeights(
                    name: "the VAE",
                    seed: seed,
                    frozen: frozen,
                    zeroed: NameRule(lastParts: ["conv2.weight", "conv2.bias"])
                ),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: 50,
                    decay: .cosine(steps: steps, final: 0.03 * rate)
                ),
                accumulation: GradientAccumulation(microBatchSize: 4)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> AutoencoderKL {
        { [config] in try AutoencoderKL($0, config: config) }
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        return try trainer.step(samples: batch, build: build) { [dataset = pictures, crop, loss] vae, microBatch in
            var sources = Array(sources[microBatch])
            let pictures = sources.indices.map { dataset.picture(&sources[$0]).part(crop, &sources[$0]) }
            let latents = vae.encode(.concatenated(pictures.map(\.bitmap.signed), axis: 0))
            let noise = Tensor.concatenated(
                sources.indices.map { sources[$0].normal([1] + latents.mean.shape.dropFirst()) },
                axis: 0
            )
            return loss(vae.decode(latents.sample(noise: noise)), of: pictures, latents)
        }
    }

    /// The weights, with latents of mean 0 and deviation 1 in each channel once they are scaled, unless the latents were
    /// to stay what they are.
    public func result() throws -> [String: Tensor] {
        let weights = trainer.weights.values
        return isDecoderAlone ? weights : try NormalizedLatents(config: config, pictures: pictures)(weights)
    }
}

extension WorldPicture {
    /// A square of `side` pixels somewhere in it, in steps of the patches that latents stand for.
    fileprivate func part(_ side: Int, _ random: inout some RandomSource) -> WorldPicture {
        guard side < bitmap.width else { return self }
        let step = ReconstructionLoss.patchSide
        let places = (bitmap.width - side) / step + 1
        return cropped(
            left: random.index(below: places) * step,
            top: random.index(below: places) * step,
            size: side
        )
    }
}
