import Diffusion
import Models
import Tensors

/// From noise to a picture in the few steps that a distilled UNet takes, with the graph behind it.
///
/// PuLID, section 3.4: the Lightning T2I branch. Euler's method in sigma space: y goes to y + (next - sigma) eps(y / sqrt(1
/// + sigma^2)); without guidance.
public struct LightningRollout: Sendable {
    let unet: UNet2DConditionModel
    package let schedule: SamplingSchedule
    /// The last steps that gradients flow through; all unless given.
    let backpropagated: Int?

    /// - Throws: `NoiseScheduleError`
    public init(
        unet: UNet2DConditionModel,
        noise: NoiseSchedule,
        steps: Int = 4,
        backpropagated: Int? = nil
    ) throws {
        self.unet = unet
        schedule = try Sampler.euler.schedule(steps: steps, spacing: .trailing, of: noise)
        self.backpropagated = backpropagated
    }

    /// - Parameters:
    ///   - noise: standard normal, (B, h, w, 4)
    ///   - identity: nil for the picture of nobody in particular
    ///   - recorder: is told about every cross-attention of every step
    /// - Returns: the clean latent as the UNet sees it, (B, h, w, 4)
    package func callAsFunction(
        _ noise: Tensor,
        _ prompts: PromptBatch,
        identity: IDConditioning?,
        recorder: AttentionRecorder? = nil
    ) -> Tensor {
        let prompt = unet.conditioning(context: prompts.embeds)
        let text = recorder.map { prompt.recorded(by: $0) } ?? prompt
        let constant = identity?.detached()
        let firstTracked = schedule.steps.count - (backpropagated ?? schedule.steps.count)
        return schedule.steps.reduce(schedule.start(noise: noise).latent) { y, step in
            let eps = unet(
                y / (1 + step.sigma * step.sigma).squareRoot(),
                timestep: step.timestep,
                text: text,
                added: prompts.added,
                identities: [step.index < firstTracked ? constant : identity].compactMap(\.self)
            )
            return y + eps * (step.next - step.sigma)
        }
    }
}
