import Tensors

extension Sampling {
    /// Euler's method to a lower noise level than the next, and fresh noise up to it.
    ///
    /// diffusers: schedulers/scheduling_euler_ancestral_discrete.py::step. Each step draws noise once, the last one too,
    /// where its weight is 0: the source then stands where PyTorch's generator would.
    mutating func eulerAncestral(_ step: Step) throws -> Landing {
        let denoised = try denoise(x, step)
        let (down, up) = ancestralSigmas(from: step.sigma, to: step.next)
        let noise = fresh()
        return (denoised.at(down) + noise * up, denoised.image)
    }
}

/// The level to go down to and the deviation of the noise to add, so that their squares sum to `to` squared.
private func ancestralSigmas(from: Float, to: Float) -> (down: Float, up: Float) {
    let (from, to) = (Double(from), Double(to))
    let upSquared = to * to * (from * from - to * to) / (from * from)
    return (Float((to * to - upSquared).squareRoot()), Float(upSquared.squareRoot()))
}
