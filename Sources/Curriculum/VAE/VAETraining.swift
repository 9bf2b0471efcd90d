import Imaging
import Models
import Tensors
import Training

/// Trains an autoencoder on pictures of the small world.
public struct VAETraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    public let config: AutoencoderKL.Config
    public let pictures: WorldDataset
    private let batch: Int
    private let loss: ReconstructionLoss

    /// - Parameters:
    ///   - start: weights to go on from; nil to begin anew
    ///   - seed: of the first weights, and of the pictures and noises of each step
    ///   - batch: pictures in a step
    ///   - rate: the learning rate's peak
    public init(
        config: AutoencoderKL.Config,
        pictures: WorldDataset,
        from start: [String: Tensor]? = nil,
        seed: UInt64,
        steps: Int,
        batch: Int = 8,
        rate: Double = 2e-3,
        loss: ReconstructionLoss = ReconstructionLoss()
    ) {
        self.steps = steps
        self.config = config
        self.pictures = pictures
        self.batch = batch
        self.loss = loss
        trainer = Trainer(
            start.map { TrainableWeights(name: "the VAE", from: GivenWeights(name: "the VAE", $0), seed: nil) }
                ?? TrainableWeights(
                    name: "the VAE",
                    seed: seed,
                    zeroed: NameRule(lastParts: ["conv2.weight", "conv2.bias"])
                ),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: 50,
                    decay: .cosine(steps: steps, final: 0.03 * rate)
                ),
                accumulation: GradientAccumulation(partSize: 4)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        let build = { [config] in try AutoencoderKL($0, config: config) }
        return try trainer.step(samples: batch, build: build) { [dataset = pictures, loss] vae, part in
            var sources = Array(sources[part])
            let pictures = sources.indices.map { dataset.picture(&sources[$0]) }
            let latents = vae.encode(.concatenated(pictures.map(\.bitmap.signed), axis: 0))
            let noise = Tensor.concatenated(
                sources.indices.map { sources[$0].normal([1] + latents.mean.shape.dropFirst()) },
                axis: 0
            )
            return loss(vae.decode(latents.sample(noise: noise)), of: pictures, latents)
        }
    }

    /// The weights, with latents of mean 0 and deviation 1 in each channel once they are scaled.
    public func result() throws -> [String: Tensor] {
        try NormalizedLatents(config: config, pictures: pictures)(trainer.weights.values)
    }
}
