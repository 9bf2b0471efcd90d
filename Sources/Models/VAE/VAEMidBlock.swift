import Tensors

/// diffusers: models/unets/unet_2d_blocks.py::UNetMidBlock2D with one layer
struct VAEMidBlock: Sendable {
    let resnets: [ResnetBlock2D]
    let attention: VAEAttention?

    init(_ w: Weights, channels C: Int, _ config: AutoencoderKL.Config) throws {
        resnets = try (0..<2).map {
            try ResnetBlock2D(w / "resnets" / $0, from: C, to: C, temb: nil, groups: config.normNumGroups, eps: 1e-6)
        }
        attention =
            config.midBlockAddAttention
            ? try VAEAttention(w / "attentions" / 0, channels: C, groups: config.normNumGroups) : nil
    }

    /// (B, H, W, C) -> (B, H, W, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = resnets[0](x)
        return resnets[1](attention?(h) ?? h)
    }
}
