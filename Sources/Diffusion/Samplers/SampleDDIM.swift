import Tensors

extension Sampling {
    /// DDIM with eta 0.
    ///
    /// Song et al. 2020, equation 12; diffusers: schedulers/scheduling_ddim.py::step. A step may end at another noise level
    /// than the next one starts from (see `Step.next`); what is kept between them is the latent at unit variance, so the
    /// result is at unit variance too: image and the noise of timestep 0 together.
    func ddim(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        let following = step.index + 1 < schedule.steps.count ? schedule.steps[step.index + 1].sigma : 0
        let rescale = ((following * following + 1) / (step.next * step.next + 1)).squareRoot()
        return (denoised.at(step.next) * rescale, denoised.image)
    }
}
