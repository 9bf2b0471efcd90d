import Tensors

/// Euler's method on the probability flow: the same image and noise at the next noise level.
///
/// Karras et al. 2022, algorithm 1; diffusers: schedulers/scheduling_euler_discrete.py::step without churn.
/// All samplers have this signature.
///
/// - Parameters:
///   - state: where to start: `schedule.start(...)`, or a state that `afterStep` was given
///   - random: drawn from by the samplers that add noise
///   - afterStep: called after each step with all that the rest of the render depends on; what it throws ends the
///     sampling
///   - denoise: what a model sees in the noisy latent
/// - Returns: the clean latent as the UNet sees it
/// - Throws: only what the two closures throw
public func sampleEuler<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let denoised = try denoise(x, step)
        return (denoised.at(step.next), denoised: denoised.image)
    }
}

/// What all samplers share: from `state.index` on, `advance` goes from one latent to the next and gives the estimate of
/// the clean one beside it. It is handed the estimate of the step before.
func run(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    _ afterStep: (SamplerState) throws -> Void,
    advance: (Tensor, Tensor?, Step) throws -> (Tensor, denoised: Tensor)
) rethrows -> Tensor {
    var state = state
    for step in schedule.steps.dropFirst(state.index) {
        (state.latent, state.denoised) = try advance(state.latent, state.denoised, step)
        state.index = step.index + 1
        try afterStep(state)
    }
    return state.latent
}
