import Imaging
import Models
import Tensors

extension AutoencoderKL {
    /// The most likely latent of a picture, as the UNet sees it: scaled, (1, h, w, C).
    func latent(of picture: Bitmap) -> Tensor {
        config.scaled(encode(picture.signed).mode).channelsLast()
    }

    /// Latents as the UNet sees them, (B, h, w, C) -> pictures (B, 3, H, W) in about -1...1.
    func pictures(of latents: Tensor) -> Tensor { decode(config.unscaled(latents.channelsFirst())) }
}
