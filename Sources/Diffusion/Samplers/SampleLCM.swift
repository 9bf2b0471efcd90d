import Tensors

extension Sampling {
    /// Multistep consistency sampling: to the clean image, and with fresh noise up to the next level.
    ///
    /// Luo et al. 2023, algorithm 3; diffusers: schedulers/scheduling_lcm.py::step, whose boundary scaling leaves all but the
    /// image at the first timesteps only (`timestep_scaling` 10, `sigma_data` 0.5).
    mutating func lcm(_ step: Step) throws -> Landing {
        let time = 10 * step.timestep
        let (skip, out) = (0.25 / (time * time + 0.25), time / (time * time + 0.25).squareRoot())
        let input = step.sigma.isInfinite ? x : x * (1 / step.deviation)
        let image = try denoise(x, step).image * out + input * skip
        guard step.index + 1 < step.count else { return (image, image) }
        return (Denoised(image: image, noise: fresh()).at(step.next), image)
    }
}
