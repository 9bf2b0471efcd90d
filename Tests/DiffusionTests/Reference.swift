import Diffusion
import TensorTestSupport
import Tensors

/// What `scripts/goldens/diffusion.py` wrote.
var golden: Golden { Golden("samplers.safetensors", #filePath) }
let stepCounts = [1, 2, 4, 7, 25]
let samplersAndSpacings: [(Sampler, TimestepSpacing)] = Sampler.allCases.flatMap { sampler in
    TimestepSpacing.allCases.filter { !(sampler == .ddim && $0 == .karras) }.map { (sampler, $0) }
}

/// The script's stand-in for a UNet: tanh(0.7 x + 0.001 t - 0.3).
func model(_ x: Tensor, _ step: Step) -> Tensor {
    x.affine(scale: 1.4, shift: 2 * (0.001 * step.timestep - 0.3)).sigmoid().affine(scale: 2, shift: -1)
}

/// The latents of a golden trajectory as our samplers keep them: (B, H, W, C), the image at its own scale.
func trajectory(_ name: String, _ sampler: Sampler, _ schedule: SamplingSchedule, from start: Int = 0) -> [Tensor] {
    let stack = golden[name]
    return (0..<stack.shape[0]).map { i in
        let latent = stack.sliced(axis: 0, i..<i + 1).reshaped(Array(stack.shape.dropFirst())).channelsLast()
        let index = start + i
        guard sampler == .ddim || sampler == .dpmpp2M, index < schedule.steps.count else { return latent }
        let sigma = schedule.steps[index].sigma
        return latent * (sigma * sigma + 1).squareRoot()
    }
}

/// Every latent of a sampling, the first one included.
func latents(
    _ sampler: Sampler,
    _ schedule: SamplingSchedule,
    from state: SamplerState,
    random: inout TorchRandomSource,
    denoise: (Tensor, Step) -> Tensor = model
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
