import Tensors

/// Multistep consistency sampling: to the clean image, and with fresh noise up to the next level.
///
/// Luo et al. 2023, algorithm 3; diffusers: schedulers/scheduling_lcm.py::step, whose boundary scaling leaves all but the
/// image at the first timesteps only (`timestep_scaling` 10, `sigma_data` 0.5). Parameters as `sampleEuler`'s.
public func sampleLCM<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let time = 10 * step.timestep
        let (skip, out) = (0.25 / (time * time + 0.25), time / (time * time + 0.25).squareRoot())
        let input = step.sigma.isInfinite ? x : x * (1 / step.deviation)
        let image = try denoise(x, step).image * out + input * skip
        guard step.index + 1 < step.count else { return (image, denoised: image) }
        return (Denoised(image: image, noise: random.channelsLastNoise(x.shape)).at(step.next), denoised: image)
    }
}
