import Kernels
import Tensors

/// diffusers: models/autoencoders/autoencoder_kl.py::AutoencoderKL
///
/// Turns pictures into latents and back. Pictures are -1...1. Latents here are the autoencoder's own: those that a UNet
/// sees are these times `config.scalingFactor`. Tensors at this border are (batch, channels, height, width), as files
/// and recipes have them.
public struct AutoencoderKL: Sendable {
    public let config: Config
    let encoder: VAEEncoder
    let decoder: VAEDecoder
    let quantConv, postQuantConv: Conv2d?

    /// - Throws: `WeightsError` for a missing tensor or one of another shape.
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        let C = config.latentChannels
        encoder = try VAEEncoder(w / "encoder", config)
        decoder = try VAEDecoder(w / "decoder", config)
        quantConv = config.useQuantConv ? try Conv2d(w / "quant_conv", from: 2 * C, to: 2 * C, kernel: 1) : nil
        postQuantConv = config.usePostQuantConv ? try Conv2d(w / "post_quant_conv", from: C, to: C, kernel: 1) : nil
    }

    /// Latent (B, 4, h, w), not scaled -> picture (B, 3, 8 h, 8 w), about -1...1, not clamped.
    public func decode(_ latent: Tensor) -> Tensor {
        let z = latent.channelsLast()
        return decoder(postQuantConv?(z) ?? z).channelsFirst()
    }

    /// Picture (B, 3, H, W) in -1...1 -> the distribution of its latent (B, 4, H / 8, W / 8), not scaled. What is left
    /// of sides that 8 does not divide is dropped, as in the reference.
    ///
    /// - Precondition: each side has at least `config.downscale` pixels.
    public func encode(_ image: Tensor) -> DiagonalGaussian { DiagonalGaussian(moments(image)) }

    /// Picture (B, 3, H, W) -> means and logarithms of variances (B, 2 * 4, H / 8, W / 8).
    func moments(_ image: Tensor) -> Tensor {
        require(
            image.shape4.2 >= config.downscale && image.shape4.3 >= config.downscale,
            "a picture of \(image.shape) is smaller than one latent"
        )
        let h = encoder(image.channelsLast())
        return (quantConv?(h) ?? h).channelsFirst()
    }
}
