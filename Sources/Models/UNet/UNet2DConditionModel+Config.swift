extension UNet2DConditionModel {
    /// The UNet's config.json.
    public struct Config: Decodable, Sendable {
        public let inChannels: Int
        public let outChannels: Int
        public let blockOutChannels: [Int]
        public let layersPerBlock: Int
        public let downBlockTypes: [String]
        public let upBlockTypes: [String]
        public let transformerLayersPerBlock: [Int]
        /// Heads of each block's attentions; diffusers' name `attention_head_dim` is a known misnomer.
        public let attentionHeads: [Int]
        public let crossAttentionDim: Int
        public let additionTimeEmbedDim: Int
        /// The width of pooled text plus six embedded time ids.
        public let projectionClassEmbeddingsInputDim: Int
        public let useLinearProjection: Bool
        public let normNumGroups: Int
        public let normEps: Float
        public let flipSinToCos: Bool
        public let freqShift: Float

        enum CodingKeys: String, CodingKey {
            case inChannels = "in_channels"
            case outChannels = "out_channels"
            case blockOutChannels = "block_out_channels"
            case layersPerBlock = "layers_per_block"
            case downBlockTypes = "down_block_types"
            case upBlockTypes = "up_block_types"
            case transformerLayersPerBlock = "transformer_layers_per_block"
            case attentionHeadDim = "attention_head_dim"
            case numAttentionHeads = "num_attention_heads"
            case crossAttentionDim = "cross_attention_dim"
            case additionEmbedType = "addition_embed_type"
            case additionTimeEmbedDim = "addition_time_embed_dim"
            case projectionClassEmbeddingsInputDim = "projection_class_embeddings_input_dim"
            case useLinearProjection = "use_linear_projection"
            case normNumGroups = "norm_num_groups"
            case normEps = "norm_eps"
            case flipSinToCos = "flip_sin_to_cos"
            case freqShift = "freq_shift"
        }

        /// - Throws: `UNetConfigError` when it describes another model than SDXL's, or sizes that cannot be.
        public init(from decoder: any Decoder) throws {
            let c = try decoder.container(keyedBy: CodingKeys.self)
            crossAttentionDim = (try? c.decode(Int.self, forKey: .crossAttentionDim)) ?? 0
            let embedType = try c.decodeIfPresent(String.self, forKey: .additionEmbedType)
            guard embedType == "text_time", crossAttentionDim > 0 else {
                throw UNetConfigError.notSDXL(crossAttention: crossAttentionDim)
            }
            inChannels = try c.decodeIfPresent(Int.self, forKey: .inChannels) ?? 4
            outChannels = try c.decodeIfPresent(Int.self, forKey: .outChannels) ?? 4
            blockOutChannels = try c.decode([Int].self, forKey: .blockOutChannels)
            layersPerBlock = try c.decodeIfPresent(Int.self, forKey: .layersPerBlock) ?? 2
            downBlockTypes = try c.decode([String].self, forKey: .downBlockTypes)
            upBlockTypes = try c.decode([String].self, forKey: .upBlockTypes)
            let levels = blockOutChannels.count
            func perBlock(_ key: CodingKeys) throws -> [Int]? {
                if let one = try? c.decode(Int.self, forKey: key) { return Array(repeating: one, count: levels) }
                return try c.decodeIfPresent([Int].self, forKey: key)
            }
            transformerLayersPerBlock =
                try perBlock(.transformerLayersPerBlock) ?? Array(repeating: 1, count: levels)
            attentionHeads =
                try perBlock(.numAttentionHeads) ?? perBlock(.attentionHeadDim) ?? Array(repeating: 8, count: levels)
            additionTimeEmbedDim = try c.decode(Int.self, forKey: .additionTimeEmbedDim)
            projectionClassEmbeddingsInputDim = try c.decode(Int.self, forKey: .projectionClassEmbeddingsInputDim)
            useLinearProjection = try c.decodeIfPresent(Bool.self, forKey: .useLinearProjection) ?? false
            normNumGroups = try c.decodeIfPresent(Int.self, forKey: .normNumGroups) ?? 32
            normEps = try c.decodeIfPresent(Float.self, forKey: .normEps) ?? 1e-5
            flipSinToCos = try c.decodeIfPresent(Bool.self, forKey: .flipSinToCos) ?? true
            freqShift = try c.decodeIfPresent(Float.self, forKey: .freqShift) ?? 0
            try validate()
        }

        private func validate() throws {
            let levels = blockOutChannels.count
            let sizes =
                blockOutChannels + transformerLayersPerBlock + attentionHeads
                + [inChannels, outChannels, layersPerBlock, normNumGroups, additionTimeEmbedDim, crossAttentionDim]
            guard (1...8).contains(levels), sizes.allSatisfy({ (1...65536).contains($0) }) else {
                throw UNetConfigError.badSizes("a size is missing or out of range")
            }
            guard
                [downBlockTypes.count, upBlockTypes.count, transformerLayersPerBlock.count, attentionHeads.count]
                    .allSatisfy({ $0 == levels })
            else { throw UNetConfigError.badSizes("the lists per block differ in length") }
            for (channels, heads) in zip(blockOutChannels, attentionHeads) {
                guard channels % heads == 0, channels % normNumGroups == 0 else {
                    throw UNetConfigError.badSizes(
                        "\(channels) channels cannot be \(heads) heads or \(normNumGroups) groups"
                    )
                }
            }
            guard additionTimeEmbedDim % 2 == 0, blockOutChannels[0] % 2 == 0, pooledTextDim > 0 else {
                throw UNetConfigError.badSizes("the embeddings' widths do not fit together")
            }
            let known = ["DownBlock2D", "CrossAttnDownBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"]
            for type in downBlockTypes + upBlockTypes where !known.contains(type) {
                throw UNetConfigError.badSizes("blocks of type \(type) are not part of SDXL")
            }
        }

        /// The width of the time embedding inside the network.
        var timeEmbedDim: Int { 4 * blockOutChannels[0] }
        /// The width of the pooled text embedding.
        public var pooledTextDim: Int { projectionClassEmbeddingsInputDim - 6 * additionTimeEmbedDim }
    }
}

public enum UNetConfigError: Error, Hashable {
    case notSDXL(crossAttention: Int)
    case badSizes(String)
}

extension UNetConfigError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notSDXL(768): "this is an SD 1.5 UNet: cross-attention 768, SDXL has 2048"
        case .notSDXL(1024): "this is an SD 2 UNet: cross-attention 1024, SDXL has 2048"
        case .notSDXL(let width):
            "this is not an SDXL UNet (cross-attention \(width)): addition_embed_type is not text_time"
        case .badSizes(let reason): "the UNet's config.json cannot be right: \(reason)"
        }
    }
}
