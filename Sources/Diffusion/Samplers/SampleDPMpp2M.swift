import Elementary
import Tensors

/// DPM-Solver++(2M): second order with the estimate of the step before; the first and the last step are first order.
///
/// Lu et al. 2022, algorithm 2, midpoint; diffusers: schedulers/scheduling_dpmsolver_multistep.py with its defaults
/// and final_sigmas_type zero; k-diffusion: sampling.py::sample_dpmpp_2m. Parameters as `sampleEuler`'s.
public func sampleDPMpp2M<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, previous, step in
        let denoised = try denoise(x, step)
        let image = denoised.image
        // exp(-h), h being the step in log(1 / sigma)
        let ratio = step.next / step.sigma
        if let previous, step.next > 0 {
            let h = -Double.log(Double(ratio))
            let hBefore = Double.log(Double(schedule.steps[step.index - 1].sigma) / Double(step.sigma))
            if hBefore > 0 {
                let slope = (image - previous) * Float(0.5 * h / hBefore)
                return (denoised.at(step.next) + slope * (1 - ratio), denoised: image)
            }
        }
        return (denoised.at(step.next), denoised: image)
    }
}
