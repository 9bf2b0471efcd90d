import Tensors

/// Vectors that were learned to stand for a word in a prompt: for SDXL as many for either text encoder.
///
/// Gal et al. 2022, arXiv:2208.01618; `clip_l` and `clip_g` as kohya and ComfyUI name them.
public struct TextualInversion: Sendable {
    /// What prompts call it.
    public let name: String
    public let source: any CheckpointSource
    private let first: String
    private let second: String

    static let bundle = "bundle_emb."

    /// - Parameters:
    ///   - first: the tensor for CLIP-L
    ///   - second: the tensor for OpenCLIP's bigG
    private init(_ name: String, in source: any CheckpointSource, first: String, second: String) {
        (self.name, self.source, self.first, self.second) = (name, source, first, second)
    }

    static func isBundled(_ tensor: String) -> Bool {
        tensor.hasPrefix(bundle) && (tensor.hasSuffix(".clip_l") || tensor.hasSuffix(".clip_g"))
    }

    /// Those that OneTrainer keeps in a LoRA's file, under `bundle_emb.NAME.clip_l` and `.clip_g`.
    static func bundled(in source: any CheckpointSource) -> [TextualInversion] {
        let names = source.tensorNames.filter(isBundled).map { String($0.dropFirst(bundle.count).dropLast(".clip_l".count)) }
        return Set(names).sorted().map {
            TextualInversion($0, in: source, first: "\(bundle)\($0).clip_l", second: "\(bundle)\($0).clip_g")
        }
    }
}
