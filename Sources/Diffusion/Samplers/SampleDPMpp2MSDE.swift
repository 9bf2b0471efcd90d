import Elementary
import Tensors

/// DPM-Solver++(2M) SDE: second order with the estimate of the step before, and fresh noise in each step; the last one goes to
/// the estimate.
///
/// k-diffusion: sampling.py::sample_dpmpp_2m_sde with eta 1, s_noise 1, midpoint. Its noise and its seed are `sampleDPMppSDE`'s.
/// Parameters as `sampleEuler`'s.
public func sampleDPMpp2MSDE<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    var state = state
    guard let path = schedule.brownianPath(&state, &random) else { return state.latent }
    return try run(state, schedule, { try afterStep($0, random) }) { x, previous, step in
        let image = try denoise(x, step).image
        guard step.next > 0 else { return (image, denoised: image) }
        // h is the step in log(1 / sigma), and exp(-h) the ratio of the levels.
        let h = Double.log(Double(step.sigma) / Double(step.next))
        let weight = Float(-Double.expm1(-2 * h))
        var next = x * (step.next / step.sigma * Float(Double.exp(-h))) + image * weight
        if let previous {
            let before = Double.log(Double(schedule.steps[step.index - 1].sigma) / Double(step.sigma))
            next = next + (image - previous) * (weight * Float(0.5 * h / before))
        }
        let fresh = path.increment(from: step.next, to: step.sigma, shape: x.shape)
        let up = step.next * weight.squareRoot() / (step.sigma - step.next).squareRoot()
        return (next - fresh * up, denoised: image)
    }
}
