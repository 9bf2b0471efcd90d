import Tensors

/// One call of the denoiser.
public struct Step: Hashable, Sendable {
    /// 0 for the first of a whole render.
    public let index: Int
    /// How many a whole render has.
    public let count: Int
    /// What the model is told; between two integers for Euler's linspace.
    public let timestep: Float
    /// The noise level it starts from; infinite for DDIM and its like where nothing is left of the image.
    public let sigma: Float
    /// The noise level it ends at: the next step's `sigma` and at last 0, except for DDIM.
    public let next: Float

    /// Of a latent at this level, whose image is at unit variance; of the noise alone where sigma is infinite.
    var deviation: Float { sigma.isInfinite ? 1 : (sigma * sigma + 1).squareRoot() }
}

/// The steps of a render, and the noise it starts from.
public struct SamplingSchedule: Hashable, Sendable {
    public let steps: [Step]
    /// Deviation of the initial noise in a sampler's latent.
    public let initialScale: Float
    /// Levels within the steps: of dpmpp_sde and heun the second call of the denoiser in each, the last one apart; of tcd where it
    /// goes before noise is added.
    public let between: [Step]

    init(steps: [Step], initialScale: Float, between: [Step] = []) {
        self.steps = steps
        self.initialScale = initialScale
        self.between = between
    }

    /// A render from noise alone.
    ///
    /// - Parameter noise: unit noise, (B, H, W, C)
    public func start(noise: Tensor) -> SamplerState { SamplerState(latent: noise * initialScale, index: 0) }

    /// Without what comes after the first `count` steps: for going a part of the way.
    public func prefix(_ count: Int) -> SamplingSchedule {
        SamplingSchedule(
            steps: Array(steps.prefix(count)),
            initialScale: initialScale,
            between: Array(between.prefix(count))
        )
    }

    /// A render that starts part-way, from a picture: `strength` of the steps are run, rounded down. With 0 the
    /// picture stays as it is; even with 1 it shows through, as the first noise level is finite.
    ///
    /// diffusers: pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl_img2img.py::get_timesteps and `add_noise`
    /// - Parameters:
    ///   - image: clean latent as the UNet sees it, (B, H, W, C)
    ///   - noise: unit noise of the same shape
    /// - Throws: `NoiseScheduleError.strength` outside 0 to 1
    public func start(image: Tensor, noise: Tensor, strength: Double) throws -> SamplerState {
        guard (0...1).contains(strength) else { throw NoiseScheduleError.strength(strength) }
        let index = steps.count - Int(Double(steps.count) * strength)
        return SamplerState(latent: noised(image, with: noise, at: index), index: index)
    }

    /// A clean latent with the noise that step `index` starts from; the clean latent itself past the last step.
    public func noised(_ image: Tensor, with noise: Tensor, at index: Int) -> Tensor {
        guard index < steps.count else { return image }
        let sigma = steps[index].sigma
        return sigma.isInfinite ? noise : image + noise * sigma
    }
}

/// Where a sampler stands between two steps. It can be kept and gone on from: together with a random source in the
/// state it had, the rest of the render has the same bits.
///
/// Latents are (B, H, W, C) = image + sigma noise, or the noise alone where sigma is infinite, sigma being that of step
/// `index`: the image keeps its scale, which
/// is the one that the UNet and the VAE's scaling factor are made for, and the deviation grows with the noise. After
/// the last step it is the clean latent. (diffusers' DPM-Solver and DDIM keep the same latent divided by
/// sqrt(sigma² + 1).)
public struct SamplerState: Sendable {
    public var latent: Tensor
    /// The step to run next.
    public var index: Int
    /// What the last steps saw of the clean latent, the newest first: a preview, and what multistep samplers look back to. None
    /// before the first step.
    public var estimates: [Tensor]
    /// Of uni_pc, the latent from which the last step went, once that was corrected; nil before the first step.
    public var corrected: Tensor?
    /// What the Brownian tree of dpmpp_sde and dpmpp_2m_sde has grown from since the first step; nil before it and for other
    /// samplers.
    public var treeSeed: UInt64?

    public init(
        latent: Tensor,
        index: Int,
        estimates: [Tensor] = [],
        corrected: Tensor? = nil,
        treeSeed: UInt64? = nil
    ) {
        self.latent = latent
        self.index = index
        self.estimates = estimates
        self.corrected = corrected
        self.treeSeed = treeSeed
    }
}
