import Imaging
import Models
import Tensors
import World

/// The pictures that PuLID learns from, as the frozen networks see them: each seen once and then kept.
public final class PuLIDPictures: Sendable {
    /// Which photo shows PuLID the person of a picture.
    public enum Pairing: String, CaseIterable, Sendable {
        /// Another picture of the person, a plain portrait: nothing but the person can be learned from it.
        case introduction
        /// The picture itself, as the paper has it for want of several pictures of a person.
        case same
    }

    public let dataset: WorldDataset
    let photos: LazyValues<IdentityPhoto>
    let targets: LazyValues<Target>

    /// A picture that is to be drawn.
    struct Target: Sendable {
        /// Clean, as the UNet sees it: (1, h, w, 4)
        let latent: Tensor
        /// The caption's.
        let prompt: PromptBatch
        /// Of the person that the caption is about.
        let landmarks: [Point]
    }

    public init(
        _ dataset: WorldDataset,
        pairing: Pairing,
        encoders: IdentityEncoders,
        vae: AutoencoderKL,
        prompts: SDXLPromptEncoder
    ) {
        self.dataset = dataset
        photos = LazyValues(count: dataset.count) { index in
            encoders(pairing == .same ? dataset[index] : dataset.introduction(to: index))
        }
        targets = LazyValues(count: dataset.count) { index in
            let picture = dataset[index]
            let (embeds, pooled) = prompts.encode([picture.caption])
            return Target(
                latent: vae.latent(of: picture.bitmap),
                prompt: PromptBatch(
                    embeds: embeds,
                    pooled: pooled,
                    timeIDs: [picture.conditioning.timeIDs.map(Float.init)]
                ),
                landmarks: picture.landmarks
            )
        }
    }
}

extension WorldDataset {
    /// The mean landmarks of introductions: where a face is that looks straight at one from close by.
    public var usualLandmarks: [Point] {
        let count = min(count, 64)
        var sums = Array(repeating: Point(0, 0), count: 5)
        for i in 0..<count {
            let face = introduction(to: i).faces[0]
            sums = zip(sums, face.landmarks).map { Point($0.x + $1.x, $0.y + $1.y) }
        }
        return sums.map { $0 * (1 / Double(max(1, count))) }
    }
}
