import Tensors

/// torchvision.transforms.functional.normalize: (x - mean) / deviation for each channel of (B, 3, H, W).
public struct ImageNormalization: Hashable, Sendable {
    public let mean: [Float]
    public let deviation: [Float]

    /// What BiSeNet expects of pictures in 0...1.
    public static let imageNet = ImageNormalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
    /// What EVA02-CLIP expects of pictures in 0...1.
    public static let clip = ImageNormalization(
        mean: [0.48145466, 0.4578275, 0.40821073],
        deviation: [0.26862954, 0.26130258, 0.27577711]
    )
    /// 0...1 -> -1...1, what IResNet expects.
    public static let signed = ImageNormalization(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])

    /// Picture (B, 3, H, W) -> (B, 3, H, W)
    public func callAsFunction(_ image: Tensor) -> Tensor {
        let channels = mean.indices.map { c in
            let scale = 1 / deviation[c]
            return image.sliced(axis: 1, c..<c + 1).affine(scale: scale, shift: -mean[c] * scale)
        }
        return .concatenated(channels, axis: 1)
    }
}
