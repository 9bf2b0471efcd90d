import Tensors

/// What a denoiser sees in a noisy latent x = image + sigma noise.
///
/// Both are kept, so that no sampler has to divide by sigma or subtract large numbers: where sigma is infinite, x is the
/// noise alone.
public struct Denoised: Sendable {
    public let image: Tensor
    public let noise: Tensor

    public init(image: Tensor, noise: Tensor) {
        self.image = image
        self.noise = noise
    }

    /// By the noise in `x`.
    public init(noise: Tensor, in x: Tensor, sigma: Float) {
        self.init(image: x - noise * sigma, noise: noise)
    }

    /// With the same image and noise, at another noise level.
    func at(_ sigma: Float) -> Tensor { sigma == 0 ? image : image + noise * sigma }
}

/// What a diffusion model's output means.
public enum PredictionType: String, CaseIterable, Codable, Hashable, Sendable {
    /// The noise.
    case epsilon
    /// The velocity α noise - σ image (Salimans and Ho 2022).
    case velocity = "v_prediction"
    /// The clean image, as the one-step SDXL-Lightning model predicts it.
    case sample
}

/// What a model is given, and what its output means.
public struct ModelOutput: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case epsilon, sample
        /// What EDM's preconditioning adds to a share of its input: the velocity, or with a positive sign its opposite.
        case velocity(sign: Float)
    }

    public let kind: Kind
    /// Deviation of clean latents, as the model was trained with it; 1 in DDPM's family.
    public let sigmaData: Float

    init(_ kind: Kind, sigmaData: Float = 1) {
        self.kind = kind
        self.sigmaData = sigmaData
    }

    init(_ prediction: PredictionType) {
        switch prediction {
        case .epsilon: self.init(Kind.epsilon)
        case .velocity: self.init(Kind.velocity(sign: 1))
        case .sample: self.init(Kind.sample)
        }
    }

    /// What is seen in a noisy latent through a model.
    ///
    /// Karras et al. 2022, equation 7: the model is given c_in x, and the image is c_skip x + c_out output with
    /// c_in = 1 / sqrt(sigma² + sigma_data²), c_skip = (sigma_data c_in)², c_out = -sigma sigma_data c_in for the velocity.
    ///
    /// - Parameters:
    ///   - x: image + sigma noise; the noise alone where sigma is infinite
    ///   - model: from the latent at unit variance to its output
    public func denoised(_ x: Tensor, sigma: Float, model: (Tensor) throws -> Tensor) rethrows -> Denoised {
        let deviation = (sigma * sigma + sigmaData * sigmaData).squareRoot()
        let isNoiseAlone = deviation.isInfinite
        let input = isNoiseAlone ? x : x * (1 / deviation)
        let output = try model(input)
        switch kind {
        case .epsilon: return Denoised(noise: output, in: x, sigma: sigma)
        case .sample:
            return Denoised(image: output, noise: isNoiseAlone ? x : x * (1 / sigma) - output * (1 / sigma))
        case .velocity(let sign):
            // The shares of noise and of image in the input.
            let (ofNoise, ofImage) = isNoiseAlone ? (1, 0) : (sigma / deviation, sigmaData / deviation)
            return Denoised(
                image: input * (sigmaData * ofImage) - output * (sign * sigmaData * ofNoise),
                noise: input * ofNoise + output * (sign * ofImage)
            )
        }
    }
}
