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
    denoise: (Tensor, Step) throws -> Tensor
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, previous, step in
        let denoised = x - (try denoise(x * step.inputScale, step)) * step.sigma
        // exp(-h), h being the step in log(1 / sigma)
        let ratio = step.next / step.sigma
        var target = denoised
        if let previous, step.next > 0 {
            let h = -Double.log(Double(ratio))
            let hBefore = Double.log(Double(schedule.steps[step.index - 1].sigma) / Double(step.sigma))
            if hBefore > 0 { target = denoised + (denoised - previous) * Float(0.5 * h / hBefore) }
        }
        return (x * ratio + target * (1 - ratio), denoised: denoised)
    }
}
