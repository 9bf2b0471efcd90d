import Tensors

/// Transformer blocks over the pixels of a feature map.
///
/// diffusers: models/transformers/transformer_2d.py::Transformer2DModel
struct Transformer2DModel: Sendable {
    let norm: GroupNorm
    let projIn: Linear
    let projOut: Linear
    let transformerBlocks: [BasicTransformerBlock]

    init(
        _ w: Weights,
        channels: Int,
        context: Int,
        heads: Int,
        layers: Int,
        groups: Int,
        linearProjection: Bool,
        numbering: inout AttentionNumbering
    ) throws {
        norm = try GroupNorm(w / "norm", groups: groups, channels: channels, eps: 1e-6)
        projIn = try Self.projection(w / "proj_in", channels: channels, linear: linearProjection)
        var blocks: [BasicTransformerBlock] = []
        for i in 0..<layers {
            blocks.append(
                try BasicTransformerBlock(
                    w / "transformer_blocks" / i,
                    channels: channels,
                    context: context,
                    heads: heads,
                    numbering: &numbering
                )
            )
        }
        transformerBlocks = blocks
        projOut = try Self.projection(w / "proj_out", channels: channels, linear: linearProjection)
    }

    /// Older checkpoints hold the projection as a 1 x 1 convolution, which is the same sum.
    private static func projection(_ w: Weights, channels: Int, linear: Bool) throws -> Linear {
        linear
            ? try Linear(w, from: channels, to: channels)
            : try Linear(pointwise: Conv2d(w, from: channels, to: channels, kernel: 1))
    }

    /// x (B, H, W, C) -> (B, H, W, C)
    func callAsFunction(_ x: Tensor, text: TextConditioning, identities: [IDConditioning]) -> Tensor {
        let (B, H, W, C) = x.shape4
        var h = projIn(norm(x).reshaped([B, H * W, C]))
        let grid = PixelGrid(height: H, width: W)
        for block in transformerBlocks { h = block(h, text: text, identities: identities, grid: grid) }
        return x + projOut(h).reshaped([B, H, W, C])
    }
}
