import Tensors

/// diffusers: models/autoencoders/vae.py::DiagonalGaussianDistribution
public struct DiagonalGaussian: Sendable {
    /// (B, C, h, w)
    public let mean: Tensor
    /// The logarithm of the variance, in -30...20; (B, C, h, w)
    public let logVariance: Tensor

    /// - Parameter moments: means and logarithms of variances one after the other, (B, 2 C, h, w)
    init(_ moments: Tensor) {
        let C = moments.shape4.1 / 2
        mean = moments.sliced(axis: 1, 0..<C)
        logVariance = moments.sliced(axis: 1, C..<2 * C).clamped(to: -30...20)
    }

    /// The most likely latent: the mean.
    public var mode: Tensor { mean }

    public var standardDeviation: Tensor { (logVariance * 0.5).exp() }

    /// mean + deviation * noise, with standard normal noise (B, C, h, w).
    public func sample(noise: Tensor) -> Tensor { mean + standardDeviation * noise }
}
