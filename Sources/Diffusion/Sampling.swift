import Kernels
import Tensors

/// A render on its way: what the steps of all samplers are written with.
struct Sampling<Source: RandomSource> {
    let schedule: SamplingSchedule
    var state: SamplerState
    /// Drawn from by the samplers that add noise.
    var random: Source
    /// What a model sees in a noisy latent.
    let denoise: (Tensor, Step) throws -> Denoised
    private var path: BrownianTree?

    init(
        _ state: SamplerState,
        _ schedule: SamplingSchedule,
        _ random: Source,
        denoise: @escaping (Tensor, Step) throws -> Denoised
    ) {
        self.state = state
        self.schedule = schedule
        self.random = random
        self.denoise = denoise
    }

    /// The latent at the end of a step, and the estimate of the clean one that the step began with.
    typealias Landing = (latent: Tensor, image: Tensor)

    /// The noisy latent.
    var x: Tensor { state.latent }

    /// Unit noise.
    mutating func fresh() -> Tensor { random.channelsLastNoise(x.shape) }

    /// What the steps before one saw, the newest first, each at the noise level that it started from.
    func seen(before step: Step) -> [Sight] {
        zip(schedule.steps[..<step.index].reversed(), state.estimates).map { Sight(sigma: $0.sigma, image: $1) }
    }

    /// The path whose increments are the fresh noise of this render's steps. It spans the noise levels of the whole schedule, also
    /// where a render starts part-way. Its seed is the random source's next 64 bits modulo 2^63 - 1, drawn after the first
    /// noise: what `torch.randint(0, 2**63 - 1, [])` gives where the noise comes from the same generator.
    mutating func brownianPath() -> BrownianTree {
        if let path { return path }
        let seed = state.treeSeed ?? random.next64() % UInt64(Int64.max)
        let levels = schedule.steps.map(\.sigma)
        let grown = BrownianTree(from: levels[levels.count - 1], to: levels[0], seed: seed)
        (state.treeSeed, path) = (seed, grown)
        return grown
    }

    /// All steps from `state.index` on.
    ///
    /// - Parameters:
    ///   - kept: how many estimates the steps look back to
    ///   - advance: one step
    mutating func run(
        keeping kept: Int,
        afterStep: (SamplerState, Source) throws -> Void,
        advance: (inout Self, Step) throws -> Landing
    ) throws -> Tensor {
        for step in schedule.steps.dropFirst(state.index) {
            let landing = try advance(&self, step)
            state.latent = landing.latent
            state.estimates = Array(([landing.image] + state.estimates).prefix(kept))
            state.index = step.index + 1
            try afterStep(state, random)
        }
        return x
    }
}

/// An estimate of the clean latent, and the noise level at which the model gave it.
struct Sight {
    let sigma: Float
    let image: Tensor
}

extension RandomSource {
    /// Unit noise for a (B, H, W, C) latent, drawn in the order (B, C, H, W) in which PyTorch fills its tensors.
    public mutating func channelsLastNoise(_ shape: [Int]) -> Tensor {
        require(shape.count == 4, "a latent has four dimensions, found \(shape)")
        return normal([shape[0], shape[3], shape[1], shape[2]]).channelsLast()
    }
}
