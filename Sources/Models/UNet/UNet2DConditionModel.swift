import Kernels
import Tensors

/// SDXL's denoiser: predicts the noise in a latent at a timestep, given text, sizes, and perhaps identities.
///
/// diffusers: models/unets/unet_2d_condition.py::UNet2DConditionModel
public struct UNet2DConditionModel: Sendable {
    public let config: Config
    let convIn: Conv2d
    let timeEmbedding: TimestepEmbedding
    /// From the embedded guidance to the width of the timestep's sinusoids; nil for a UNet that is not told it.
    let guidanceProjection: Linear?
    let addEmbedding: TimestepEmbedding
    let downBlocks: [UNetDownBlock]
    let midBlock: UNetMidBlock
    let upBlocks: [UNetUpBlock]
    let convNormOut: GroupNorm
    let convOut: Conv2d

    /// Layers whose weights stay as they are stored where the others' are rounded: those that compute in 32 bits, and those from
    /// one resolution to the next, which are few and move pictures most.
    public static let sensitiveLayers: Set<String> = [
        "conv_in", "time_embedding", "add_embedding", "conv_out", "downsamplers", "upsamplers",
    ]

    /// What SDXL knows beside the prompt's tokens.
    public struct AddedConditions: Sendable {
        /// (B, pooled)
        public let textEmbeds: Tensor
        /// Six numbers per picture: original height and width, crop top and left, target height and width, in pixels.
        public let timeIDs: [[Float]]
        /// How strong the guidance is that a UNet which is told it has to give; 1 is none.
        public let guidance: Float

        public init(textEmbeds: Tensor, timeIDs: [[Float]], guidance: Float = 1) {
            self.textEmbeds = textEmbeds
            self.timeIDs = timeIDs
            self.guidance = guidance
        }
    }

    public init(_ w: Weights, config: Config) throws {
        self.config = config
        let channels = config.blockOutChannels
        let temb = config.timeEmbedDim
        convIn = try Conv2d(w / "conv_in", from: config.latentChannels, to: channels[0], kernel: 3)
        timeEmbedding = try TimestepEmbedding(w / "time_embedding", from: channels[0], to: temb)
        guidanceProjection = try config.timeCondProjDim.map {
            try Linear(w / "time_embedding" / "cond_proj", from: $0, to: channels[0], bias: false)
        }
        addEmbedding = try TimestepEmbedding(
            w / "add_embedding",
            from: config.projectionClassEmbeddingsInputDim,
            to: temb
        )
        // Attentions are numbered down, up, middle: the order in which diffusers registers the blocks.
        var builder = BlockBuilder(config: config)
        downBlocks = try channels.indices.map { try builder.downBlock(w / "down_blocks" / $0, level: $0) }
        upBlocks = try channels.indices.map { try builder.upBlock(w / "up_blocks" / $0, index: $0) }
        midBlock = try builder.midBlock(w / "mid_block")
        convNormOut = try GroupNorm(
            w / "conv_norm_out",
            groups: config.normNumGroups,
            channels: channels[0],
            eps: config.normEps
        )
        convOut = try Conv2d(w / "conv_out", from: channels[0], to: config.latentChannels, kernel: 3)
    }

    /// - Parameters:
    ///   - sample: (B, h, w, 4), scaled for the timestep by the sampler
    ///   - timestep: 0 ... 999
    ///   - text: what `conditioning(context:)` made of (B, T, cross-attention width)
    ///   - identities: each adds its part to every cross-attention, in this order
    /// - Returns: the predicted noise, (B, h, w, 4)
    public func callAsFunction(
        _ sample: Tensor,
        timestep: Float,
        text: TextConditioning,
        added: AddedConditions,
        identities: [IDConditioning] = []
    ) -> Tensor {
        let timesteps = Array(repeating: timestep, count: sample.shape[0])
        return self(sample, timesteps: timesteps, text: text, added: added, identities: identities)
    }

    /// As above, each picture at a timestep of its own: `timesteps` has B of them.
    ///
    /// What all layers see, and what becomes the noise, is small work and stays in 32 bits in any precision.
    public func callAsFunction(
        _ sample: Tensor,
        timesteps: [Float],
        text: TextConditioning,
        added: AddedConditions,
        identities: [IDConditioning] = []
    ) -> Tensor {
        // 1. time, sizes and pooled text
        let B = sample.shape[0]
        require(timesteps.count == B, "\(timesteps.count) timesteps for \(B) pictures")
        var time = sinusoids(timesteps, channels: config.blockOutChannels[0])
        if let guidanceProjection, let width = config.timeCondProjDim {
            let embedded = guidanceEmbedding(Array(repeating: added.guidance, count: B), channels: width)
            time = time + ComputeSettings.unrounded { guidanceProjection(embedded) }
        }
        let sizes = sinusoids(added.timeIDs.flatMap { $0 }, channels: config.additionTimeEmbedDim)
        let addition = Tensor.concatenated(
            [added.textEmbeds, sizes.reshaped([B, 6 * config.additionTimeEmbedDim])],
            axis: 1
        )
        let temb = ComputeSettings.unrounded { (timeEmbedding(time) + addEmbedding(addition)).silu() }

        // 2. down
        var x = ComputeSettings.unrounded { convIn(sample) }
        var skips = [x]
        for block in downBlocks {
            let (output, more) = block(x, temb: temb, text: text, identities: identities)
            x = output
            skips += more
        }

        // 3. middle
        x = midBlock(x, temb: temb, text: text, identities: identities)

        // 4. up: each block returns to the size of the skips that the next one takes
        for block in upBlocks {
            let next = skips.count - block.resnets.count - 1
            let size = next >= 0 ? (skips[next].shape[1], skips[next].shape[2]) : nil
            x = block(x, skips: &skips, size: size, temb: temb, text: text, identities: identities)
        }

        // 5. out
        return ComputeSettings.unrounded { convOut(x, after: convNormOut) }
    }

    private func sinusoids(_ values: [Float], channels: Int) -> Tensor {
        timestepEmbedding(
            values,
            channels: channels,
            flipSinToCos: config.flipSinToCos,
            freqShift: config.freqShift
        )
    }
}

/// Builds the blocks of a UNet from its configuration, numbering attentions on the way.
private struct BlockBuilder {
    let config: UNet2DConditionModel.Config
    private var numbering = AttentionNumbering()

    init(config: UNet2DConditionModel.Config) { self.config = config }

    private var levels: Int { config.blockOutChannels.count }

    mutating func downBlock(_ w: Weights, level: Int) throws -> UNetDownBlock {
        let channels = config.blockOutChannels
        let cOut = channels[level]
        var resnets: [ResnetBlock2D] = []
        var attentions: [Transformer2DModel] = []
        for i in 0..<config.layersPerBlock {
            let cIn = i == 0 ? channels[max(0, level - 1)] : cOut
            resnets.append(try resnet(w / "resnets" / i, from: cIn, to: cOut))
            if config.downBlockTypes[level].hasPrefix("CrossAttn") {
                attentions.append(try transformer(w / "attentions" / i, level: level))
            }
        }
        let isLast = level == levels - 1
        let downsampler =
            isLast
            ? nil
            : try Conv2d(w / "downsamplers" / 0 / "conv", from: cOut, to: cOut, kernel: 3, stride: 2, padding: 1)
        return UNetDownBlock(resnets: resnets, attentions: attentions, downsampler: downsampler)
    }

    mutating func midBlock(_ w: Weights) throws -> UNetMidBlock {
        let channels = config.blockOutChannels[levels - 1]
        return UNetMidBlock(
            resnets: try (0..<2).map { try resnet(w / "resnets" / $0, from: channels, to: channels) },
            attention: try transformer(w / "attentions" / 0, level: levels - 1)
        )
    }

    mutating func upBlock(_ w: Weights, index: Int) throws -> UNetUpBlock {
        let channels = Array(config.blockOutChannels.reversed())
        let cOut = channels[index]
        let cBelow = channels[max(0, index - 1)]
        let cSkipLast = channels[min(index + 1, levels - 1)]
        var resnets: [ResnetBlock2D] = []
        var attentions: [Transformer2DModel] = []
        for i in 0...config.layersPerBlock {
            let cIn = i == 0 ? cBelow : cOut
            let cSkip = i == config.layersPerBlock ? cSkipLast : cOut
            resnets.append(try resnet(w / "resnets" / i, from: cIn + cSkip, to: cOut))
            if config.upBlockTypes[index].hasPrefix("CrossAttn") {
                attentions.append(try transformer(w / "attentions" / i, level: levels - 1 - index))
            }
        }
        let upsampler =
            index == levels - 1 ? nil : try Conv2d(w / "upsamplers" / 0 / "conv", from: cOut, to: cOut, kernel: 3)
        return UNetUpBlock(resnets: resnets, attentions: attentions, upsampler: upsampler)
    }

    private func resnet(_ w: Weights, from cIn: Int, to cOut: Int) throws -> ResnetBlock2D {
        try ResnetBlock2D(
            w,
            from: cIn,
            to: cOut,
            temb: config.timeEmbedDim,
            groups: config.normNumGroups,
            eps: config.normEps
        )
    }

    private mutating func transformer(_ w: Weights, level: Int) throws -> Transformer2DModel {
        try Transformer2DModel(
            w,
            channels: config.blockOutChannels[level],
            context: config.crossAttentionDim,
            heads: config.attentionHeads[level],
            layers: config.transformerLayersPerBlock[level],
            groups: config.normNumGroups,
            linearProjection: config.useLinearProjection,
            numbering: &numbering
        )
    }
}
