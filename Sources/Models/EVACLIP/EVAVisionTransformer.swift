import Kernels
import Tensors

/// PuLID: eva_clip/eva_vit_model.py::EVAVisionTransformer, the vision tower of EVA02-CLIP, with rotary positions, SwiGLU
/// and inner norms.
///
/// Its tensors have the names of EVA02_CLIP_L_336_psz14_s6B.pt below `visual`: `cls_token`, `pos_embed`,
/// `patch_embed.proj`, `blocks.<i>...`, `norm`, `head`, and perhaps `rope.freqs_cos` and `rope.freqs_sin`.
public struct EVAVisionTransformer: Sendable {
    public let config: Config
    let patchEmbed: Conv2d
    let clsToken, posEmbed: Tensor
    let rope: VisionRotaryEmbedding
    let blocks: [EVABlock]
    let norm: LayerNorm
    let head: Linear

    /// What the tower sees in a picture.
    public struct Features: Sendable {
        /// The head's output, (B, outputWidth), not normalised.
        public let embedding: Tensor
        /// The inputs of `config.hiddenStateBlocks`, each (B, 1 + patches, width); the class token comes first.
        public let hiddenStates: [Tensor]
    }

    /// - Parameter w: at the tower: below `visual` in an EVA02-CLIP checkpoint
    /// - Throws: `ModelConfigError`; `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        try config.validate()
        self.config = config
        let C = config.width
        patchEmbed = try Conv2d(
            w / "patch_embed.proj",
            from: 3,
            to: C,
            kernel: config.patchSize,
            stride: config.patchSize,
            padding: 0
        )
        clsToken = try w.tensor("cls_token", shape: [1, 1, C], initial: .normal(deviation: 0.02))
        posEmbed = try w.tensor(
            "pos_embed",
            shape: [1, 1 + config.grid * config.grid, C],
            initial: .normal(deviation: 0.02)
        )
        rope = try VisionRotaryEmbedding(w / "rope", config)
        blocks = try (0..<config.depth).map { try EVABlock(w / "blocks" / $0, config) }
        norm = try LayerNorm(w / "norm", channels: C, eps: 1e-6)
        head = try Linear(w / "head", from: C, to: config.outputWidth)
        // Each attention holds the one rotary table again.
        w.ignore { $0.contains(".attn.rope.freqs_") }
    }

    /// A whole EVA02-CLIP checkpoint; its text side is known and not wanted.
    ///
    /// - Parameter metadata: see `Config.init(_:metadata:)`
    public init(checkpoint w: Weights, metadata: [String: String] = [:]) throws {
        let visual = w / "visual"
        try self.init(visual, config: Config(visual, metadata: metadata))
        w.ignore { name in Self.textSide.contains { name.hasPrefix($0) } }
        try w.assertAllUsed()
    }

    /// Below `text`, or, in older checkpoints, beside `visual`.
    ///
    /// PuLID: eva_clip/model.py::convert_to_custom_text_state_dict
    private static let textSide = [
        "text.", "text_projection", "positional_embedding", "token_embedding.", "transformer.", "ln_final.",
        "attn_mask",
        "logit_scale",
    ]

    /// Picture (B, 3, S, S), normalised by `ImageNormalization.clip` -> features.
    public func callAsFunction(_ image: Tensor) -> Features {
        let (B, _, H, W) = image.shape4
        require(
            H == config.imageSize && W == config.imageSize,
            "\(image.shape) is not \(config.imageSize) on each side"
        )
        let patches = patchEmbed(image.channelsLast()).reshaped([B, config.grid * config.grid, config.width])
        let pictures = (0..<B).map { patches.sliced(axis: 0, $0..<$0 + 1) }
        var x = Tensor.concatenated(
            pictures.map { .concatenated([clsToken, $0], axis: 1) + posEmbed },
            axis: 0
        )

        var hiddenStates: [Tensor] = []
        for (i, block) in blocks.enumerated() {
            if config.hiddenStateBlocks.contains(i) { hiddenStates.append(x) }
            x = block(x, rope: rope)
        }
        let classToken = x.sliced(axis: 1, 0..<1).reshaped([B, config.width])
        return Features(embedding: head(norm(classToken)), hiddenStates: hiddenStates)
    }
}
