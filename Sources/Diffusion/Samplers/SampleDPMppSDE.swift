import Elementary
import Tensors

/// DPM-Solver++(SDE): second order with a call half-way, and fresh noise in both halves; the last step is Euler's.
///
/// k-diffusion: sampling.py::sample_dpmpp_sde with eta 1, s_noise 1, r 1/2, as PuLID v1.1 runs it. The noise of a step
/// is the increment of one Brownian path between its two sigmas. The path's seed is the random source's next 64 bits
/// modulo 2^63 - 1, drawn after the first noise: what `torch.randint(0, 2**63 - 1, [])` gives upstream, where the noise
/// comes from the same, global, generator. The path spans the noise levels of the whole schedule, also where a render
/// starts part-way. Parameters as `sampleEuler`'s.
public func sampleDPMppSDE<Source: RandomSource>(
    _ state: SamplerState,
    _ schedule: SamplingSchedule,
    random: inout Source,
    afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
    denoise: (Tensor, Step) throws -> Denoised
) throws -> Tensor {
    var state = state
    guard let path = schedule.brownianPath(&state, &random) else { return state.latent }
    return try run(state, schedule, { try afterStep($0, random) }) { x, _, step in
        let estimate = try denoise(x, step).image
        guard step.next > 0 else { return (estimate, denoised: estimate) }
        func advanced(toward target: Tensor, by half: LogSigmaStep) -> Tensor {
            let fresh = path.increment(from: half.start, to: half.end, shape: x.shape)
            let noise = fresh * (-half.up / (half.start - half.end).squareRoot())
            return x * half.ratio + target * half.weight + noise
        }
        let whole = LogSigmaStep(from: step.sigma, to: step.next)
        let between = try denoise(advanced(toward: estimate, by: whole.firstHalf), schedule.between[step.index])
        // The two estimates count (1 - 1 / (2 r)) and 1 / (2 r): with r = 1/2 the second one alone.
        return (advanced(toward: between.image, by: whole), denoised: estimate)
    }
}

extension SamplingSchedule {
    /// The path whose increments are the fresh noise of a render; nil where there are no steps.
    ///
    /// - Parameter state: keeps the path's seed, which is drawn where it has none
    func brownianPath<Source: RandomSource>(_ state: inout SamplerState, _ random: inout Source) -> BrownianTree? {
        let seed = state.treeSeed ?? random.next64() % UInt64(Int64.max)
        state.treeSeed = seed
        guard let first = steps.first, let last = steps.last else { return nil }
        return BrownianTree(from: last.sigma, to: first.sigma, seed: seed)
    }
}

/// A step from one noise level down to another in t = -log sigma, each number rounded to 32 bits where k-diffusion's
/// tensors are: the Brownian path is rough, so its ends must be the same to the last bit.
struct LogSigmaStep {
    /// sigma at either end, once through the logarithm and back.
    let start, end: Float
    private let t, tEnd: Float

    init(from sigma: Float, to next: Float) { self.init(t: -logarithm(sigma), tEnd: -logarithm(next)) }

    private init(t: Float, tEnd: Float) {
        (self.t, self.tEnd) = (t, tEnd)
        (start, end) = (exponential(-t), exponential(-tEnd))
    }

    var firstHalf: LogSigmaStep { LogSigmaStep(t: t, tEnd: t + (tEnd - t) * 0.5) }
    /// sigma half-way.
    var middle: Float { firstHalf.end }

    /// Deviation of the noise that is added.
    var up: Float {
        min(end, ((end * end) * (start * start - end * end) / (start * start)).squareRoot())
    }
    /// What is left of the old noise, in -log sigma.
    private var tDown: Float { -logarithm((end * end - up * up).squareRoot()) }
    /// What the latent is multiplied with.
    var ratio: Float { exponential(-tDown) / start }
    /// What the estimate is multiplied with.
    var weight: Float { -Float(Double.expm1(Double(t - tDown))) }
}

private func logarithm(_ x: Float) -> Float { Float(Double.log(Double(x))) }
private func exponential(_ x: Float) -> Float { Float(Double.exp(Double(x))) }
