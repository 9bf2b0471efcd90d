import Elementary
import Tensors

extension Sampling {
    /// DPM-Solver++(2M): second order with the estimate of the step before; the first and the last step are first order.
    ///
    /// Lu et al. 2022, algorithm 2, midpoint; diffusers: schedulers/scheduling_dpmsolver_multistep.py with its defaults
    /// and final_sigmas_type zero; k-diffusion: sampling.py::sample_dpmpp_2m.
    func dpmpp2M(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        let image = denoised.image
        // exp(-h), h being the step in log(1 / sigma)
        let ratio = step.next / step.sigma
        if let last = seen(before: step).first, step.next > 0 {
            let h = -Double.log(Double(ratio))
            let hBefore = Double.log(Double(last.sigma) / Double(step.sigma))
            if hBefore > 0 {
                let slope = (image - last.image) * Float(0.5 * h / hBefore)
                return (denoised.at(step.next) + slope * (1 - ratio), image)
            }
        }
        return (denoised.at(step.next), image)
    }
}
