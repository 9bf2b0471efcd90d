import Tensors

/// Heun's method: Euler's step, and again with the mean of the noise at its two ends; the last step, which ends at no noise, is
/// Euler's. It calls the model twice a step.
///
/// Karras et al. 2022, algorithm 1; diffusers: schedulers/scheduling_heun_discrete.py::step. Parameters as `sampleEuler`'s.
public func sampleHeun<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let denoised = try denoise(x, step)
        let landing = denoised.at(step.next)
        guard step.next > 0 else { return (landing, denoised: denoised.image) }
        let ahead = try denoise(landing, schedule.between[step.index])
        let turn = (ahead.noise - denoised.noise) * (0.5 * (step.next - step.sigma))
        return (landing + turn, denoised: denoised.image)
    }
}
