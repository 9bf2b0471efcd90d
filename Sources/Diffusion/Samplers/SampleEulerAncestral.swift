import Tensors

/// Euler's method to a lower noise level than the next, and fresh noise up to it.
///
/// diffusers: schedulers/scheduling_euler_ancestral_discrete.py::step. Each step draws noise once, the last one too,
/// where its weight is 0: the source then stands where PyTorch's generator would. Parameters as `sampleEuler`'s.
public func sampleEulerAncestral<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let denoised = try denoise(x, step)
        let (down, up) = ancestralSigmas(from: step.sigma, to: step.next)
        let fresh = random.channelsLastNoise(x.shape)
        return (denoised.at(down) + fresh * up, denoised: denoised.image)
    }
}

/// The level to go down to and the deviation of the noise to add, so that their squares sum to `to` squared.
private func ancestralSigmas(from: Float, to: Float) -> (down: Float, up: Float) {
    let (from, to) = (Double(from), Double(to))
    let upSquared = to * to * (from * from - to * to) / (from * from)
    return (Float((to * to - upSquared).squareRoot()), Float(upSquared.squareRoot()))
}

extension RandomSource {
    /// Unit noise for a (B, H, W, C) latent, drawn in the order (B, C, H, W) in which PyTorch fills its tensors.
    public mutating func channelsLastNoise(_ shape: [Int]) -> Tensor {
        precondition(shape.count == 4, "a latent has four dimensions, found \(shape)")
        return normal([shape[0], shape[3], shape[1], shape[2]]).channelsLast()
    }
}
