import Tensors

/// DDIM with eta 0.
///
/// Song et al. 2020, equation 12; diffusers: schedulers/scheduling_ddim.py::step. A step may end at another noise level
/// than the next one starts from (see `Step.next`); what is kept between them is the latent at unit variance, so the
/// result is at unit variance too: image and the noise of timestep 0 together. Parameters as `sampleEuler`'s.
public func sampleDDIM<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let denoised = try denoise(x, step)
        let following = step.index + 1 < schedule.steps.count ? schedule.steps[step.index + 1].sigma : 0
        let rescale = ((following * following + 1) / (step.next * step.next + 1)).squareRoot()
        return (denoised.at(step.next) * rescale, denoised: denoised.image)
    }
}
