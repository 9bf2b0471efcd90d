import Tensors

/// What a diffusion model's output means.
public enum PredictionType: String, Codable, Hashable, Sendable {
    /// The noise.
    case epsilon
    /// The velocity α noise - σ image (Salimans and Ho 2022).
    case velocity = "v_prediction"
    /// The clean image, as the one-step SDXL-Lightning model predicts it.
    case sample

    /// The noise that a model's output stands for.
    ///
    /// - Parameters:
    ///   - output: what the model returned
    ///   - input: what it was given: the noisy latent at unit variance
    ///   - sigma: the noise level of that input (`Step.sigma`)
    public func noise(from output: Tensor, input: Tensor, sigma: Float) -> Tensor {
        let alpha = 1 / (sigma * sigma + 1).squareRoot()
        switch self {
        case .epsilon: return output
        case .velocity: return output * alpha + input * (sigma * alpha)
        case .sample: return input * (1 / (sigma * alpha)) - output * (1 / sigma)
        }
    }
}
