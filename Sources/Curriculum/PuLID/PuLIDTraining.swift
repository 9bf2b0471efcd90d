import Checkpoints
import Diffusion
import Imaging
import Models
import Tensors
import Training
import World

/// Trains PuLID's encoder and its matrices to keys and values for a frozen UNet, one stage after the other.
///
/// Guo et al. 2024, PuLID, https://arxiv.org/abs/2404.16022, sections 3 and 4.1. The paper leaves open how often people
/// and words are left out (here as for IP-Adapter), what samples pictures in training (Euler, trailing), how faces are cut
/// out for the identity loss, and how the norms of the alignment loss are reduced: see there.
public struct PuLIDTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let encoder: PuLIDEncoderConfig
    private let base: UNet2DConditionModel
    private let lesson: PuLIDLesson

    /// - Parameters:
    ///   - stage: what is learned, how fast and for how long
    ///   - encoder: the sizes of what is trained
    ///   - start: the result of the stage before; nil to begin anew, the keys and values being those of words
    ///   - unet: the base model's, which learns to denoise
    ///   - prompts: its text encoders
    ///   - rollout: draws pictures from noise, by a distilled UNet of the same shape
    ///   - identityLoss: compares them with the person
    ///   - identityPrompts: what they are drawn for; the paper has `WorldPrompts.identityLoss` alone
    ///   - alignmentPrompts: likewise for the alignment loss
    ///   - seed: of the first weights, and of what each step draws
    ///   - microBatches: into how many the samples of a step are cut, each computed by one thread
    public init(
        _ stage: PuLIDStage,
        encoder: PuLIDEncoderConfig,
        from start: [String: Tensor]? = nil,
        unet: UNet2DConditionModel,
        prompts: SDXLPromptEncoder,
        noise: NoiseSchedule,
        pictures: PuLIDPictures,
        rollout: LightningRollout,
        identityLoss: IdentityLoss,
        identityPrompts: [String] = [WorldPrompts.identityLoss],
        alignmentPrompts: [String] = WorldPrompts.training,
        seed: UInt64,
        microBatches: Int = 2
    ) {
        steps = stage.steps
        self.encoder = encoder
        base = unet
        let sizes = MicroConditioning(size: pictures.dataset.size).timeIDs.map(Float.init)
        func encoded(_ texts: [String]) -> [PromptBatch] {
            texts.map { text in
                let (embeds, pooled) = prompts.encode([text])
                return PromptBatch(embeds: embeds, pooled: pooled, timeIDs: [sizes])
            }
        }
        lesson = PuLIDLesson(
            stage: stage,
            objective: PuLIDObjective(
                denoisingLoss: DenoisingLoss(unet: unet, noise: noise, weighting: stage.weighting),
                identityLoss: identityLoss,
                alignmentLoss: stage.alignmentLoss,
                rollout: rollout,
                identityWeight: stage.identityWeight
            ),
            pictures: pictures,
            identityPrompts: encoded(identityPrompts),
            alignmentPrompts: encoded(alignmentPrompts)
        )

        let matrices = IDAdapter.textMatrices(of: unet)
        let samples = stage.samples.count
        let warmUp = min(50, stage.steps / 4)
        trainer = Trainer(
            TrainableWeights(
                name: "PuLID",
                from: GivenWeights(name: "PuLID's start", start ?? matrices.moved(below: "id_adapter_attn_layers")),
                seed: start == nil ? seed : nil
            ),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99),
                learningRate: LearningRate(
                    peak: stage.rate,
                    warmUp: warmUp,
                    hold: max(0, stage.steps / 2 - warmUp),
                    decay: .linear(steps: stage.steps, final: stage.finalRate)
                ),
                accumulation: GradientAccumulation(microBatchSize: (samples + microBatches - 1) / max(1, microBatches))
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> PuLIDNetwork {
        { [encoder, base] in try PuLIDNetwork($0, config: encoder, unet: base) }
    }

    public mutating func step() throws -> StepReport {
        let count = lesson.samples.count
        let sources = trainer.sources(count, of: "samples")
        return try trainer.step(samples: count, build: build) { [lesson] network, microBatch in
            lesson.loss(of: microBatch, sources, network)
        }
    }

    /// A PuLID file's tensors.
    public func result() throws -> [String: Tensor] { trainer.weights.values }
}
