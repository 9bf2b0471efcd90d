import Tensors

extension Sampling {
    /// Strategic stochastic sampling of trajectory consistency models: below the next level, and with fresh noise up to it.
    ///
    /// Zheng et al. 2024, algorithm 4, where eta is gamma; diffusers: schedulers/scheduling_tcd.py::step. The last step goes to
    /// the noise of timestep 0, and what comes out is at unit variance, as DDIM's.
    mutating func tcd(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        let low = schedule.between[step.index].sigma
        let landing = denoised.at(low)
        guard step.index + 1 < step.count else {
            return (landing * (1 / (step.next * step.next + 1).squareRoot()), denoised.image)
        }
        let added = (step.next * step.next - low * low).squareRoot()
        guard added > 0 else { return (landing, denoised.image) }
        return (landing + fresh() * added, denoised.image)
    }
}
