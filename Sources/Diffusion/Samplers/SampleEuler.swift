import Tensors

extension Sampling {
    /// Euler's method on the probability flow: the same image and noise at the next noise level.
    ///
    /// Karras et al. 2022, algorithm 1; diffusers: schedulers/scheduling_euler_discrete.py::step without churn.
    func euler(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        return (denoised.at(step.next), denoised.image)
    }
}
