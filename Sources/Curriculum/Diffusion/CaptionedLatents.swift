import Imaging
import Models
import Tensors
import World

/// A picture as a diffusion model learns from it.
public struct CaptionedLatent: Sendable {
    /// The most likely latent, times the autoencoder's `scaling_factor`; (1, h, w, C).
    public let latent: Tensor
    /// Of the caption.
    public let tokens: Tokens
    /// Original height and width, crop top and left, target height and width, in pixels.
    public let sizes: [Float]

    /// What the two text encoders read.
    public struct Tokens: Sendable {
        let first: [Int]
        let second: [Int]

        package init(_ text: String, _ tokenizer: CLIPTokenizer, _ tokenizer2: CLIPTokenizer) {
            (first, second) = (tokenizer.encode(text), tokenizer2.encode(text))
        }
    }
}

/// The pictures of a data set as latents, each made when it is first asked for and kept from then on: in 16 bits, so
/// that 40000 pictures of 64 x 64 take 80 MB.
public final class CaptionedLatents: Sendable {
    public let pictures: WorldDataset
    private let tokenizers: (first: CLIPTokenizer, second: CLIPTokenizer)
    private let kept: LazyValues<Kept>

    private struct Kept {
        let latent: [Float16]
        let shape: [Int]
        let tokens: CaptionedLatent.Tokens
        let sizes: [Float]
    }

    public init(pictures: WorldDataset, vae: AutoencoderKL, tokenizer: CLIPTokenizer, tokenizer2: CLIPTokenizer) {
        self.pictures = pictures
        tokenizers = (tokenizer, tokenizer2)
        kept = LazyValues(count: pictures.count) { index in
            let picture = pictures[index]
            let latent = vae.latent(of: picture.bitmap)
            return Kept(
                latent: latent.values.map { Float16($0) },
                shape: latent.shape,
                tokens: CaptionedLatent.Tokens(picture.caption, tokenizer, tokenizer2),
                sizes: picture.conditioning.timeIDs.map { Float($0) }
            )
        }
    }

    public var count: Int { pictures.count }

    public subscript(index: Int) -> CaptionedLatent {
        let kept = kept[index]
        return CaptionedLatent(
            latent: Tensor(kept.latent.map { Float($0) }, shape: kept.shape),
            tokens: kept.tokens,
            sizes: kept.sizes
        )
    }

    /// What the two text encoders read of a text.
    func tokens(_ text: String) -> CaptionedLatent.Tokens {
        CaptionedLatent.Tokens(text, tokenizers.first, tokenizers.second)
    }
}
