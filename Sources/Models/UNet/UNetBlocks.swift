import Tensors

/// Residual blocks, each followed by a transformer where the block type has them, then half the resolution.
///
/// diffusers: models/unets/unet_2d_blocks.py::CrossAttnDownBlock2D, DownBlock2D
struct UNetDownBlock: Sendable {
    let resnets: [ResnetBlock2D]
    /// As many as `resnets`, or none.
    let attentions: [Transformer2DModel]
    let downsampler: Conv2d?

    /// x (B, H, W, C) -> the output, and every intermediate result for the way up.
    func callAsFunction(
        _ x: Tensor,
        temb: Tensor,
        text: TextConditioning,
        identities: [IDConditioning]
    ) -> (Tensor, skips: [Tensor]) {
        var x = x
        var skips: [Tensor] = []
        for (i, resnet) in resnets.enumerated() {
            x = resnet(x, temb: temb)
            if i < attentions.count { x = attentions[i](x, text: text, identities: identities) }
            skips.append(x)
        }
        if let downsampler {
            x = downsampler(x)
            skips.append(x)
        }
        return (x, skips)
    }
}

/// diffusers: models/unets/unet_2d_blocks.py::UNetMidBlock2DCrossAttn
struct UNetMidBlock: Sendable {
    let resnets: [ResnetBlock2D]
    let attention: Transformer2DModel

    func callAsFunction(_ x: Tensor, temb: Tensor, text: TextConditioning, identities: [IDConditioning]) -> Tensor {
        let x = attention(resnets[0](x, temb: temb), text: text, identities: identities)
        return resnets[1](x, temb: temb)
    }
}

/// Residual blocks that each take a skip from the way down, then twice the resolution.
///
/// diffusers: models/unets/unet_2d_blocks.py::CrossAttnUpBlock2D, UpBlock2D
struct UNetUpBlock: Sendable {
    let resnets: [ResnetBlock2D]
    /// As many as `resnets`, or none.
    let attentions: [Transformer2DModel]
    let upsampler: Conv2d?

    /// Takes its skips off the end of `skips`. `size` is the height and width that the upsampled result must have.
    func callAsFunction(
        _ x: Tensor,
        skips: inout [Tensor],
        size: (Int, Int)?,
        temb: Tensor,
        text: TextConditioning,
        identities: [IDConditioning]
    ) -> Tensor {
        var x = x
        for (i, resnet) in resnets.enumerated() {
            x = resnet(.concatenated([x, skips.removeLast()], axis: 3), temb: temb)
            if i < attentions.count { x = attentions[i](x, text: text, identities: identities) }
        }
        guard let upsampler, let size else { return x }
        let (_, H, W, _) = x.shape4
        return size == (2 * H, 2 * W) ? upsampler(upsampling: x) : upsampler(x.upsampledNearest(to: size))
    }
}
