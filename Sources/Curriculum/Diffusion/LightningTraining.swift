import Diffusion
import Models
import Tensors
import Training

/// Teaches a denoiser to go from noise to a picture in few steps and without guidance: a student, which begins as its
/// teacher, learns the straight line that takes a noisy latent where several guided steps of the teacher take it.
///
/// Lin et al. 2024, SDXL-Lightning, https://arxiv.org/abs/2402.13929, section 3.1: progressive distillation with the
/// guidance in it, at the noise levels of trailing steps, the first from pure noise. The adversarial stages are left out;
/// regression alone suffices at this size.
public struct LightningTraining: TrainingTask {
    public var trainer: Trainer
    public let steps: Int
    private let config: SDXLNetworks.Config
    private let teacher: SDXLNetworks
    private let pictures: CaptionedLatents
    /// All steps of the teacher.
    private let timeline: SamplingSchedule
    /// What the teacher's output means.
    private let output: ModelOutput
    private let intervals: Int
    private let guidance: Float
    private let batch: Int

    /// - Parameters:
    ///   - base: the tensors of the networks below the names of their folders, as `TextToImageTraining.result()` has them
    ///   - studentSteps: how many steps the student will take
    ///   - teacherSteps: how many the teacher takes for each of them
    ///   - guidance: the teacher's, away from a missing prompt
    /// - Throws: what `SDXLNetworks` and `Sampler.schedule` throw
    public init(
        config: SDXLNetworks.Config,
        base: [String: Tensor],
        pictures: CaptionedLatents,
        noise: NoiseSchedule,
        seed: UInt64,
        steps: Int,
        studentSteps: Int = 4,
        teacherSteps: Int = 3,
        guidance: Float = 2,
        batch: Int = 32,
        microBatchSize: Int = 16,
        rate: Double = 4e-4
    ) throws {
        self.steps = steps
        self.config = config
        self.pictures = pictures
        self.guidance = guidance
        self.batch = batch
        teacher = try SDXLNetworks(Weights(GivenWeights(name: "the teacher", base)), config: config)
        output = noise.output
        timeline = try Sampler.dpmpp2M.schedule(steps: studentSteps * teacherSteps, spacing: .trailing, of: noise)
        intervals = studentSteps
        let warmUp = min(30, steps / 2)
        trainer = Trainer(
            TrainableWeights(
                name: "the student",
                from: GivenWeights(name: "the teacher", base.below("unet")),
                seed: nil
            ),
            settings: TrainingSettings(
                optimizer: AdamW(beta2: 0.99),
                learningRate: LearningRate(
                    peak: rate,
                    warmUp: warmUp,
                    hold: max(0, steps / 2 - warmUp),
                    decay: .linear(steps: steps, final: 0.05 * rate)
                ),
                clipping: GradientClipping(maximum: 0.5),
                averageDecay: 0.99,
                accumulation: GradientAccumulation(microBatchSize: microBatchSize)
            ),
            seeds: ["samples": SeedStream(seed: seed)]
        )
    }

    public var build: @Sendable (Weights) throws -> UNet2DConditionModel {
        { [config] in try UNet2DConditionModel($0, config: config.unet) }
    }

    /// The intervals take turns; the loss is also reported under the interval's number.
    public mutating func step() throws -> StepReport {
        let sources = trainer.sources(batch, of: "samples")
        let interval = Interval(trainer.step % intervals, of: intervals, timeline)
        return try trainer.step(samples: batch, build: build) {
            [teacher, pictures, guidance, output] student, microBatch in
            var sources = Array(sources[microBatch])
            let samples = sources.indices.map { pictures[sources[$0].index(below: pictures.count)] }
            let noise = Tensor.concatenated(
                sources.indices.map { sources[$0].normal(samples[0].latent.shape) },
                axis: 0
            )
            let images = Tensor.concatenated(samples.map(\.latent), axis: 0)
            let start = interval.index == 0 ? noise * interval.start : images + noise * interval.start
            let prompt = teacher.condition(samples.map(\.tokens))
            let sizes = samples.map(\.sizes)
            let end = try interval.end(from: start) { x, step in
                output.denoised(x, sigma: step.sigma) {
                    teacher.guidedNoise($0, timestep: step.timestep, prompt, sizes: sizes, scale: guidance)
                }
            }
            let slope = (end - start) / (interval.end - interval.start)
            let prediction = student(
                start / (interval.start * interval.start + 1).squareRoot(),
                timesteps: samples.map { _ in interval.timestep },
                prompt,
                sizes: sizes
            )
            let error = prediction - slope
            let loss = (error * error).mean() * interval.weight
            return SampleLoss(loss, terms: ["interval \(interval.index)": loss.values[0]])
        }
    }

    /// The student's averages over the last steps: a denoiser's tensors.
    public func result() throws -> [String: Tensor] { trainer.average?.values ?? trainer.weights.values }
}

/// A stretch of the way from noise to picture that the student takes in one step.
private struct Interval {
    let index: Int
    /// The noise levels at its ends.
    let start, end: Float
    /// What the student is told.
    let timestep: Float
    /// Of its loss: how far an error of the slope goes at unit variance, and less at high noise, where the steps to come
    /// repair more of it.
    let weight: Float
    /// Up to its end.
    private let timeline: SamplingSchedule
    private let firstStep: Int

    init(_ index: Int, of count: Int, _ whole: SamplingSchedule) {
        self.index = index
        let length = whole.steps.count / count
        firstStep = index * length
        timeline = whole.prefix(firstStep + length)
        let (first, last) = (whole.steps[firstStep], whole.steps[firstStep + length - 1])
        (start, end, timestep) = (first.sigma, last.next, first.timestep)
        let distance = (end - start) / (end * end + 1).squareRoot()
        weight = distance * distance * min(1, 0.3 + 0.8 * Float(index) / Float(count))
    }

    /// Where the teacher's steps lead.
    func end(from start: Tensor, denoise: (Tensor, Step) throws -> Denoised) throws -> Tensor {
        // The sampler draws nothing.
        var random = TorchRandomSource(seed: 0)
        return try Sampler.dpmpp2M(
            SamplerState(latent: start, index: firstStep),
            timeline,
            random: &random,
            denoise: denoise
        )
    }
}

extension SDXLNetworks {
    /// The noise with classifier-free guidance away from a missing prompt.
    func guidedNoise(
        _ noisy: Tensor,
        timestep: Float,
        _ prompt: Condition,
        sizes: [[Float]],
        scale: Float
    ) -> Tensor {
        let B = noisy.shape[0]
        let both = unet(
            .concatenated([noisy, noisy], axis: 0),
            timesteps: Array(repeating: timestep, count: 2 * B),
            .concatenated([missingPrompt(B), prompt]),
            sizes: sizes + sizes
        )
        return guided(
            unconditional: both.sliced(axis: 0, 0..<B),
            conditional: both.sliced(axis: 0, B..<2 * B),
            scale: scale
        )
    }
}
