import Diffusion
import TensorTestSupport
import Tensors

/// What `scripts/goldens/diffusion.py` wrote.
var golden: Golden { Golden("samplers.safetensors", #filePath) }
let stepCounts = [1, 2, 4, 7, 25]
let samplersAndSpacings: [(Sampler, TimestepSpacing)] =
    [Sampler.ddim, .dpmpp2M, .dpmppSDE, .euler, .eulerAncestral].flatMap { sampler in
        [TimestepSpacing.leading, .trailing, .linspace, .karras].filter(sampler.takes).map { (sampler, $0) }
    }

/// The script's stand-in for a UNet: tanh(0.7 x + 0.001 t - 0.3).
func model(_ x: Tensor, _ step: Step) -> Tensor {
    x.affine(scale: 1.4, shift: 2 * (0.001 * step.timestep - 0.3)).sigmoid().affine(scale: 2, shift: -1)
}

/// What that model sees in a noisy latent.
func denoiser(_ output: ModelOutput = NoiseSchedule.sdxl.output) -> (Tensor, Step) -> Denoised {
    { x, step in output.denoised(x, sigma: step.sigma) { model($0, step) } }
}

extension NoiseSchedule {
    static var sdxl: NoiseSchedule {
        guard let noise = try? NoiseSchedule() else { fatalError("SDXL's settings make a schedule") }
        return noise
    }
}

/// The latents of a golden trajectory as our samplers keep them: (B, H, W, C), the image at its own scale.
///
/// - Parameter isAtUnitVariance: as the scheduler keeps them
func trajectory(
    _ stack: Tensor,
    _ schedule: SamplingSchedule,
    isAtUnitVariance: Bool,
    from start: Int = 0
) -> [Tensor] {
    (0..<stack.shape[0]).map { i in
        let latent = stack.sliced(axis: 0, i..<i + 1).reshaped(Array(stack.shape.dropFirst())).channelsLast()
        let index = start + i
        guard isAtUnitVariance, index < schedule.steps.count else { return latent }
        let sigma = schedule.steps[index].sigma
        return sigma.isInfinite ? latent : latent * (sigma * sigma + 1).squareRoot()
    }
}

func trajectory(_ name: String, _ sampler: Sampler, _ schedule: SamplingSchedule, from start: Int = 0) -> [Tensor] {
    trajectory(golden[name], schedule, isAtUnitVariance: sampler == .ddim || sampler == .dpmpp2M, from: start)
}

/// Every latent of a sampling, the first one included.
func latents(
    _ sampler: Sampler,
    _ schedule: SamplingSchedule,
    from state: SamplerState,
    random: inout TorchRandomSource,
    denoise: (Tensor, Step) -> Denoised = denoiser()
) throws -> [Tensor] {
    var all = [state.latent]
    let result = try sampler(
        state,
        schedule,
        random: &random,
        afterStep: { state, _ in all.append(state.latent) },
        denoise: denoise
    )
    return all.dropLast() + [result]
}
