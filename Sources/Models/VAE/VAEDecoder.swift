import Tensors

/// diffusers: models/autoencoders/vae.py::Decoder
struct VAEDecoder: Sendable {
    let convIn: Conv2d
    let midBlock: VAEMidBlock
    let upBlocks: [UpDecoderBlock2D]
    let convNormOut: GroupNorm
    let convOut: Conv2d

    init(_ w: Weights, _ config: AutoencoderKL.Config) throws {
        let widths = Array(config.blockOutChannels.reversed())
        let last = widths.count - 1
        convIn = try Conv2d(w / "conv_in", from: config.latentChannels, to: widths[0], kernel: 3)
        midBlock = try VAEMidBlock(w / "mid_block", channels: widths[0], config)
        upBlocks = try widths.indices.map { i in
            try UpDecoderBlock2D(
                w / "up_blocks" / i,
                from: widths[max(0, i - 1)],
                to: widths[i],
                upsamples: i < last,
                config
            )
        }
        convNormOut = try GroupNorm(
            w / "conv_norm_out",
            groups: config.normNumGroups,
            channels: widths[last],
            eps: 1e-6
        )
        convOut = try Conv2d(w / "conv_out", from: widths[last], to: AutoencoderKL.Config.pictureChannels, kernel: 3)
    }

    /// Latent (B, h, w, 4) -> picture (B, 8 h, 8 w, 3)
    func callAsFunction(_ z: Tensor) -> Tensor {
        var h = midBlock(convIn(z))
        for block in upBlocks { h = block(consume h) }
        return convOut(h, after: convNormOut)
    }
}

/// diffusers: models/unets/unet_2d_blocks.py::UpDecoderBlock2D
struct UpDecoderBlock2D: Sendable {
    let resnets: [ResnetBlock2D]
    let upsampler: Conv2d?

    init(_ w: Weights, from cIn: Int, to cOut: Int, upsamples: Bool, _ config: AutoencoderKL.Config) throws {
        resnets = try (0...config.layersPerBlock).map { i in
            try ResnetBlock2D(
                w / "resnets" / i,
                from: i == 0 ? cIn : cOut,
                to: cOut,
                temb: nil,
                groups: config.normNumGroups,
                eps: 1e-6
            )
        }
        upsampler = upsamples ? try Conv2d(w / "upsamplers.0.conv", from: cOut, to: cOut, kernel: 3) : nil
    }

    /// (B, H, W, Cin) -> (B, 2 H, 2 W, Cout), or of the same size if nothing is upsampled
    func callAsFunction(_ x: consuming Tensor) -> Tensor {
        for resnet in resnets { x = resnet(consume x) }
        guard let upsampler else { return x }
        return upsampler(upsampling: x)
    }
}
