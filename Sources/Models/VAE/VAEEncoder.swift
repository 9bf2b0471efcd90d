import Tensors

/// diffusers: models/autoencoders/vae.py::Encoder
struct VAEEncoder: Sendable {
    let convIn: Conv2d
    let downBlocks: [DownEncoderBlock2D]
    let midBlock: VAEMidBlock
    let convNormOut: GroupNorm
    let convOut: Conv2d

    init(_ w: Weights, _ config: AutoencoderKL.Config) throws {
        let widths = config.blockOutChannels
        let last = widths.count - 1
        convIn = try Conv2d(w / "conv_in", from: AutoencoderKL.Config.pictureChannels, to: widths[0], kernel: 3)
        downBlocks = try widths.indices.map { i in
            try DownEncoderBlock2D(
                w / "down_blocks" / i,
                from: widths[max(0, i - 1)],
                to: widths[i],
                downsamples: i < last,
                config
            )
        }
        midBlock = try VAEMidBlock(w / "mid_block", channels: widths[last], config)
        convNormOut = try GroupNorm(
            w / "conv_norm_out",
            groups: config.normNumGroups,
            channels: widths[last],
            eps: 1e-6
        )
        convOut = try Conv2d(w / "conv_out", from: widths[last], to: 2 * config.latentChannels, kernel: 3)
    }

    /// Picture (B, H, W, 3) -> means and logarithms of variances (B, H / 8, W / 8, 2 * 4)
    func callAsFunction(_ x: Tensor) -> Tensor {
        var h = convIn(x)
        for block in downBlocks { h = block(consume h) }
        h = midBlock(h)
        return convOut(h, after: convNormOut)
    }
}

/// diffusers: models/unets/unet_2d_blocks.py::DownEncoderBlock2D
struct DownEncoderBlock2D: Sendable {
    let resnets: [ResnetBlock2D]
    let downsampler: Conv2d?

    init(_ w: Weights, from cIn: Int, to cOut: Int, downsamples: Bool, _ config: AutoencoderKL.Config) throws {
        resnets = try (0..<config.layersPerBlock).map { i in
            try ResnetBlock2D(
                w / "resnets" / i,
                from: i == 0 ? cIn : cOut,
                to: cOut,
                temb: nil,
                groups: config.normNumGroups,
                eps: 1e-6
            )
        }
        // One row and one column of zeros, after the last ones only.
        downsampler =
            downsamples
            ? try Conv2d(w / "downsamplers.0.conv", from: cOut, to: cOut, kernel: 3, stride: 2, padding: (0, 1)) : nil
    }

    /// (B, H, W, Cin) -> (B, H / 2, W / 2, Cout), or of the same size if nothing is downsampled
    func callAsFunction(_ x: consuming Tensor) -> Tensor {
        for resnet in resnets { x = resnet(consume x) }
        guard let downsampler else { return x }
        return downsampler(x)
    }
}
