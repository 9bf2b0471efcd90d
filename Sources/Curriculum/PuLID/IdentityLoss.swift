import Imaging
import Models
import Tensors
import Training

/// Finds the five landmarks of the face in each of (B, 3, H, W), -1...1, in the picture's pixels; nil where there is none.
public typealias LandmarkFinder = @Sendable (Tensor) -> [[Point]?]

/// PuLID, equation 6: 1 - cos(phi(C_id), phi(picture)), how unlike the person in a picture is to the one in a photo.
///
/// The face is found in the finished picture and cut out of it as recognisers want it; gradients flow through the pixels,
/// not through the finding. A picture without a face counts nothing.
public struct IdentityLoss: Sendable {
    let lossNet: IResNet
    let vae: AutoencoderKL
    package let landmarks: LandmarkFinder

    public init(lossNet: IResNet, vae: AutoencoderKL, landmarks: @escaping LandmarkFinder) {
        (self.lossNet, self.vae, self.landmarks) = (lossNet, vae, landmarks)
    }

    /// - Parameters:
    ///   - latents: clean, as the UNet sees them, (B, h, w, 4)
    ///   - photos: B
    ///   - jitters: B
    ///   - known: the landmarks of each picture, where they need not be found
    package func callAsFunction(
        _ latents: Tensor,
        _ photos: IdentityPhoto,
        jitters: [CropJitter],
        known: [[Point]?]? = nil
    ) -> SampleLoss {
        let pictures = vae.pictures(of: latents).clamped(to: -1...1)
        let found = known ?? landmarks(pictures.detached())
        let size = lossNet.config.imageSize
        let crops = zip(found, jitters).map { points, jitter in
            points.flatMap {
                AffineTransform.similarity(from: $0, to: AlignmentTemplate.recognition.landmarks(side: size))
            }
            .map { $0.then(jitter.transform(size: size)) }
        }
        let faces = pictures.warped(by: crops.map { $0 ?? .identity }, height: size, width: size)
        let likeness = lossNet(faces.blurred(jitters.map(\.blur))).l2Normalized()

        let B = found.count
        let counts = Tensor(crops.map { $0 == nil ? 0 : 1 }, shape: [B, 1])
        let cosines = (likeness * photos.likeness).meanOfLast() * Float(likeness.shape[1])
        let loss = (cosines.affine(scale: -1, shift: 1) * counts).mean()
        return SampleLoss(loss, terms: ["identity": loss.values[0], "faces": counts.mean().values[0]])
    }
}
