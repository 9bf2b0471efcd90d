import Tensors

extension Sampling {
    /// Heun's method: Euler's step, and again with the mean of the noise at its two ends; the last step, which ends at no noise,
    /// is Euler's. It calls the model twice a step.
    ///
    /// Karras et al. 2022, algorithm 1; diffusers: schedulers/scheduling_heun_discrete.py::step.
    func heun(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        let landing = denoised.at(step.next)
        guard step.next > 0 else { return (landing, denoised.image) }
        let ahead = try denoise(landing, schedule.between[step.index])
        let turn = (ahead.noise - denoised.noise) * (0.5 * (step.next - step.sigma))
        return (landing + turn, denoised.image)
    }
}
