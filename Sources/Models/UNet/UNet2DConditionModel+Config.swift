extension UNet2DConditionModel {
    /// The UNet's config.json.
    public struct Config: Decodable, Sendable {
        /// `in_channels` and `out_channels`, which are the same: what comes out is the noise in what went in.
        public let latentChannels: Int
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
        /// Numbers of the embedded guidance, of a UNet that is told it (LCM-SDXL); nil for others.
        public var timeCondProjDim: Int?
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
            case midBlockType = "mid_block_type"
            case attentionHeadDim = "attention_head_dim"
            case numAttentionHeads = "num_attention_heads"
            case crossAttentionDim = "cross_attention_dim"
            case additionEmbedType = "addition_embed_type"
            case additionTimeEmbedDim = "addition_time_embed_dim"
            case projectionClassEmbeddingsInputDim = "projection_class_embeddings_input_dim"
            case timeCondProjDim = "time_cond_proj_dim"
            case useLinearProjection = "use_linear_projection"
            case normNumGroups = "norm_num_groups"
            case normEps = "norm_eps"
            case flipSinToCos = "flip_sin_to_cos"
            case freqShift = "freq_shift"
        }

        /// Settings that change the picture and that SDXL's UNet leaves at these values.
        private static let fixed: [(key: String, values: [String])] = [
            ("act_fn", ["silu", "swish"]), ("mid_block_type", ["UNetMidBlock2DCrossAttn"]),
            ("resnet_time_scale_shift", ["default"]), ("time_embedding_type", ["positional"]),
            ("attention_type", ["default"]), ("class_embed_type", []), ("encoder_hid_dim", []),
            ("encoder_hid_dim_type", []), ("time_embedding_act_fn", []),
            ("time_embedding_dim", []), ("timestep_post_act", []), ("num_class_embeds", []),
            ("cross_attention_norm", []), ("reverse_transformer_layers_per_block", []),
            ("only_cross_attention", ["false"]), ("mid_block_only_cross_attention", ["false"]),
            ("dual_cross_attention", ["false"]), ("upcast_attention", ["false", "true"]),
            ("resnet_skip_time_act", ["false"]), ("class_embeddings_concat", ["false"]),
            ("center_input_sample", ["false"]), ("resnet_out_scale_factor", ["1.0"]),
            ("mid_block_scale_factor", ["1.0"]), ("conv_in_kernel", ["3.0"]), ("conv_out_kernel", ["3.0"]),
            ("downsample_padding", ["1.0"]), ("dropout", ["0.0"]),
        ]

        private struct AnyKey: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        /// - Throws: `UNetConfigError.unsupported` for the first of `fixed` that is otherwise; null is always the default
        private static func checkFixed(_ decoder: any Decoder) throws {
            let settings = try decoder.container(keyedBy: AnyKey.self)
            for (name, values) in fixed {
                let key = AnyKey(stringValue: name)
                guard settings.contains(key), try !settings.decodeNil(forKey: key) else { continue }
                let found =
                    (try? settings.decode(String.self, forKey: key))
                    ?? (try? settings.decode(Bool.self, forKey: key)).map { "\($0)" }
                    ?? (try? settings.decode(Double.self, forKey: key)).map { "\($0)" } ?? "another value"
                if !values.contains(found) { throw UNetConfigError.unsupported(key: name, value: found) }
            }
        }

        /// - Throws: `UNetConfigError` when it describes another model than SDXL's; `ModelConfigError` for what no UNet
        ///   has
        public init(from decoder: any Decoder) throws {
            let c = try decoder.container(keyedBy: CodingKeys.self)
            guard try c.decodeIfPresent(String.self, forKey: .additionEmbedType) == "text_time" else {
                throw UNetConfigError.notSDXL(
                    crossAttention: (try? c.decode(Int.self, forKey: .crossAttentionDim)) ?? 0
                )
            }
            crossAttentionDim = try c.decode(Int.self, forKey: .crossAttentionDim)
            latentChannels = try c.decodeIfPresent(Int.self, forKey: .inChannels) ?? 4
            try Self.check(outChannels: c.decodeIfPresent(Int.self, forKey: .outChannels) ?? 4, latentChannels)
            blockOutChannels = try c.decode([Int].self, forKey: .blockOutChannels)
            layersPerBlock = try c.decodeIfPresent(Int.self, forKey: .layersPerBlock) ?? 2
            downBlockTypes = try c.decode([String].self, forKey: .downBlockTypes)
            upBlockTypes = try c.decode([String].self, forKey: .upBlockTypes)
            let levels = blockOutChannels.count
            func perBlock(_ key: CodingKeys) throws -> [Int]? {
                if let one = try? c.decode(Int.self, forKey: key) { return Array(repeating: one, count: levels) }
                return try c.decodeIfPresent([Int].self, forKey: key)
            }
            try Self.refuseDistilled(c)
            transformerLayersPerBlock =
                try perBlock(.transformerLayersPerBlock) ?? Array(repeating: 1, count: levels)
            attentionHeads =
                try perBlock(.numAttentionHeads) ?? perBlock(.attentionHeadDim) ?? Array(repeating: 8, count: levels)
            additionTimeEmbedDim = try c.decode(Int.self, forKey: .additionTimeEmbedDim)
            projectionClassEmbeddingsInputDim = try c.decode(Int.self, forKey: .projectionClassEmbeddingsInputDim)
            timeCondProjDim = try c.decodeIfPresent(Int.self, forKey: .timeCondProjDim)
            useLinearProjection = try c.decodeIfPresent(Bool.self, forKey: .useLinearProjection) ?? false
            normNumGroups = try c.decodeIfPresent(Int.self, forKey: .normNumGroups) ?? 32
            normEps = try c.decodeIfPresent(Float.self, forKey: .normEps) ?? 1e-5
            flipSinToCos = try c.decodeIfPresent(Bool.self, forKey: .flipSinToCos) ?? true
            freqShift = try c.decodeIfPresent(Float.self, forKey: .freqShift) ?? 0
            try Self.checkFixed(decoder)
            try validate()
        }

        /// SSD-1B and its kin have depths for each layer, and no middle block.
        private static func refuseDistilled(_ c: KeyedDecodingContainer<CodingKeys>) throws {
            let isNested = (try? c.nestedUnkeyedContainer(forKey: .transformerLayersPerBlock)).map { list in
                var list = list
                while !list.isAtEnd {
                    if (try? list.nestedUnkeyedContainer()) != nil { return true }
                    guard (try? list.decode(Int.self)) != nil else { return false }
                }
                return false
            }
            let hasNoMiddle = c.contains(.midBlockType) && (try? c.decodeNil(forKey: .midBlockType)) == true
            if isNested == true || hasNoMiddle { throw UNetConfigError.distilled }
        }

        private static let check = SettingsCheck(model: "UNet2DConditionModel")

        /// Others than SDXL's are told apart by what they take beside the noise.
        private static func check(outChannels: Int, _ inChannels: Int) throws {
            let others = [
                8: ": InstructPix2Pix, which also takes a picture's latent, is not supported",
                9: ": inpainting, which also takes a mask and a picture's latent, is not supported",
            ]
            try check.require(
                inChannels == outChannels,
                CodingKeys.inChannels.rawValue,
                inChannels,
                "out_channels is \(outChannels)\(others[inChannels, default: ""])"
            )
        }

        private func validate() throws {
            func key(_ key: CodingKeys) -> String { key.rawValue }
            let check = Self.check
            let levels = blockOutChannels.count
            try check.require(
                (1...8).contains(levels),
                key(.blockOutChannels),
                blockOutChannels,
                "one to eight blocks are expected"
            )
            try check.sizes(blockOutChannels, key(.blockOutChannels), count: levels)
            try check.size(latentChannels, key(.inChannels), in: 1...1 << 10)
            try check.size(crossAttentionDim, key(.crossAttentionDim))
            try check.size(layersPerBlock, key(.layersPerBlock), in: SettingsCheck.layers)
            try check.sizes(
                transformerLayersPerBlock,
                key(.transformerLayersPerBlock),
                in: SettingsCheck.layers,
                count: levels
            )
            try check.sizes(attentionHeads, key(.attentionHeadDim), count: levels)
            for (types, name) in [(downBlockTypes, CodingKeys.downBlockTypes), (upBlockTypes, .upBlockTypes)] {
                let known =
                    name == .downBlockTypes
                    ? ["DownBlock2D", "CrossAttnDownBlock2D"] : ["UpBlock2D", "CrossAttnUpBlock2D"]
                try check.require(
                    types.count == levels && types.allSatisfy(known.contains),
                    key(name),
                    types,
                    "\(levels) of \(known.joined(separator: " or ")) are expected"
                )
            }
            try check.size(normNumGroups, key(.normNumGroups))
            try check.epsilon(normEps, key(.normEps))
            for (channels, heads) in zip(blockOutChannels, attentionHeads) {
                try check.require(
                    channels % heads == 0,
                    key(.attentionHeadDim),
                    attentionHeads,
                    "\(channels) channels cannot be \(heads) heads"
                )
                try check.require(
                    channels % normNumGroups == 0,
                    key(.normNumGroups),
                    normNumGroups,
                    "\(channels) channels cannot be so many groups"
                )
            }
            try check.size(additionTimeEmbedDim, key(.additionTimeEmbedDim))
            if let timeCondProjDim { try check.size(timeCondProjDim, key(.timeCondProjDim), in: 4...1 << 16) }
            try check.require(
                additionTimeEmbedDim % 2 == 0,
                key(.additionTimeEmbedDim),
                additionTimeEmbedDim,
                "sines and cosines are half of it each"
            )
            try check.require(
                blockOutChannels[0] % 2 == 0,
                key(.blockOutChannels),
                blockOutChannels,
                "sines and cosines are half of the first each"
            )
            try check.size(
                projectionClassEmbeddingsInputDim,
                key(.projectionClassEmbeddingsInputDim),
                in: 1...1 << 20
            )
            try check.require(
                pooledTextDim > 0,
                key(.projectionClassEmbeddingsInputDim),
                projectionClassEmbeddingsInputDim,
                "six embeddings of \(additionTimeEmbedDim) take \(6 * additionTimeEmbedDim) of it"
            )
            let half = Float(min(blockOutChannels[0], additionTimeEmbedDim) / 2)
            try check.require(
                (0...1).contains(freqShift) && freqShift < half,
                key(.freqShift),
                freqShift,
                "0 to 1 is expected, and less than half of the narrowest embedding, \(half)"
            )
        }

        /// The width of the time embedding inside the network.
        var timeEmbedDim: Int { 4 * blockOutChannels[0] }
        /// The width of the pooled text embedding.
        public var pooledTextDim: Int { projectionClassEmbeddingsInputDim - 6 * additionTimeEmbedDim }
    }
}

public enum UNetConfigError: Error, Hashable {
    case notSDXL(crossAttention: Int)
    /// SDXL with fewer layers, whose identity attention PuLID's does not fit.
    case distilled
    /// A setting that would change the picture and that SDXL does not use.
    case unsupported(key: String, value: String)
}

extension UNetConfigError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notSDXL(768): "this is an SD 1.5 UNet: cross-attention 768, SDXL has 2048"
        case .notSDXL(1024): "this is an SD 2 UNet: cross-attention 1024, SDXL has 2048"
        case .notSDXL(let width):
            "this is not an SDXL UNet (cross-attention \(width)): addition_embed_type is not text_time"
        case .distilled: "this is a distilled SDXL (SSD-1B, Segmind-Vega or alike), whose layers PuLID's do not fit"
        case .unsupported(let key, let value):
            "the UNet's config.json says \(key): \(value), which SDXL does not use and this program does not follow"
        }
    }
}
