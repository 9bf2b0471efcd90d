import Diffusion
import Models
import Tensors
import Training

/// Noised pictures, and what a UNet is told beside them.
package struct DenoisingBatch: Sendable {
    /// Clean, as the UNet sees them: (B, h, w, 4)
    package let latents: Tensor
    /// Standard normal, (B, h, w, 4)
    package let noise: Tensor
    /// 0 ... 999, one for each picture.
    package let timesteps: [Int]
    let prompts: PromptBatch
    let photos: IdentityPhoto

    package init(
        latents: Tensor,
        noise: Tensor,
        timesteps: [Int],
        prompts: PromptBatch,
        photos: IdentityPhoto
    ) {
        (self.latents, self.noise, self.timesteps) = (latents, noise, timesteps)
        (self.prompts, self.photos) = (prompts, photos)
    }
}

/// Which timesteps are trained, and how much each counts.
///
/// Who is in a picture is decided while there is more noise than picture, where the error of the noise hardly counts:
/// it is the error of the picture over sigma squared. So high timesteps are drawn more often, and weigh more.
public struct NoiseWeighting: Hashable, Sendable {
    /// Timesteps are 1000 u^exponent, u uniform: 1 for all alike.
    public var exponent: Double
    /// The largest weight; weights are 1 + sigma squared below it.
    public var limit: Float

    public init(exponent: Double = 0.6, limit: Float = 25) { (self.exponent, self.limit) = (exponent, limit) }

    /// The paper's: the plain error of the noise, all timesteps alike.
    public static let plain = NoiseWeighting(exponent: 1, limit: 1)

    func weight(sigma: Float) -> Float { min(1 + sigma * sigma, limit) }
}

/// PuLID, equation 1: how far the noise that the UNet sees in a picture is from what was added, given who is in it.
package struct DenoisingLoss: Sendable {
    let unet: UNet2DConditionModel
    package let noise: NoiseSchedule
    let weighting: NoiseWeighting

    package init(unet: UNet2DConditionModel, noise: NoiseSchedule, weighting: NoiseWeighting) {
        (self.unet, self.noise, self.weighting) = (unet, noise, weighting)
    }

    /// - Returns: the loss, and the picture that one step from the present one would give: (B, h, w, 4)
    package func callAsFunction(_ batch: DenoisingBatch, _ network: PuLIDNetwork) -> (loss: Tensor, estimate: Tensor) {
        let shape = batch.latents.shape
        let B = shape[0]
        let sigmas = batch.timesteps.map { noise.sigmas[$0] }
        func scaled(_ x: Tensor, _ factors: [Float]) -> Tensor {
            x.reshaped([B, x.count / max(1, B)]).multipliedByColumn(Tensor(factors, shape: [B, 1])).reshaped(shape)
        }

        let noised = batch.latents + scaled(batch.noise, sigmas)
        let prediction = unet(
            scaled(noised, sigmas.map { 1 / (1 + $0 * $0).squareRoot() }),
            timesteps: batch.timesteps.map(Float.init),
            text: unet.conditioning(context: batch.prompts.embeds),
            added: batch.prompts.added,
            identities: [network(batch.photos)].compactMap(\.self)
        )
        let error = prediction - batch.noise
        let weighted = scaled(error, sigmas.map { weighting.weight(sigma: $0) })
        return ((weighted * error).mean(), estimate: noised - scaled(prediction, sigmas))
    }
}
