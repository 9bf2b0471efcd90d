extension AutoencoderKL {
    /// What `vae/config.json` says, under the file's own keys. Keys that change nothing here are not read:
    /// `force_upcast` (everything is computed in 32 bits) and `sample_size`.
    public struct Config: Hashable, Sendable {
        /// A picture's: red, green, blue.
        public static let pictureChannels = 3

        public let blockOutChannels: [Int]
        public let layersPerBlock: Int
        public let latentChannels: Int
        public let normNumGroups: Int
        /// Latents as the UNet sees them are the autoencoder's times this: see `scaled`.
        public let scalingFactor: Float
        /// What latents are brought to mean 0 and deviation 1 by before that, a number for each channel; empty for SDXL's.
        public let latentsMean, latentsDeviation: [Float]
        public let useQuantConv: Bool
        public let usePostQuantConv: Bool
        public let midBlockAddAttention: Bool

        /// How many pixels one latent covers on each side: 8 for SDXL.
        public var downscale: Int { 1 << (blockOutChannels.count - 1) }

        /// By which SDXL scales latents.
        public static let sdxlScalingFactor: Float = 0.13025

        /// - Throws: `ModelConfigError` for what no autoencoder has
        public init(
            blockOutChannels: [Int] = [64],
            layersPerBlock: Int = 1,
            latentChannels: Int = 4,
            normNumGroups: Int = 32,
            scalingFactor: Float = 0.18215,
            latentsMean: [Float] = [],
            latentsDeviation: [Float] = [],
            useQuantConv: Bool = true,
            usePostQuantConv: Bool = true,
            midBlockAddAttention: Bool = true
        ) throws {
            let check = SettingsCheck(model: Self.model)
            try check.require(
                (1...8).contains(blockOutChannels.count),
                "block_out_channels",
                blockOutChannels,
                "one to eight blocks are expected"
            )
            try check.sizes(blockOutChannels, "block_out_channels", count: blockOutChannels.count)
            try check.size(layersPerBlock, "layers_per_block", in: SettingsCheck.layers)
            try check.size(latentChannels, "latent_channels", in: 1...1 << 10)
            try check.require(
                normNumGroups > 0 && blockOutChannels.allSatisfy { $0 % normNumGroups == 0 },
                "norm_num_groups",
                normNumGroups,
                "it has to divide every one of the block_out_channels \(blockOutChannels)"
            )
            try check.require(
                (1e-3...1e3).contains(scalingFactor),
                "scaling_factor",
                scalingFactor,
                "a number between 0.001 and 1000 is expected"
            )
            self.blockOutChannels = blockOutChannels
            self.layersPerBlock = layersPerBlock
            self.latentChannels = latentChannels
            self.normNumGroups = normNumGroups
            try check.require(
                latentsMean.count == latentsDeviation.count && [0, latentChannels].contains(latentsMean.count),
                "latents_mean",
                latentsMean,
                "latents_mean and latents_std are \(latentChannels) numbers each, or none"
            )
            try check.require(
                (latentsMean + latentsDeviation).allSatisfy { abs($0) <= 1e3 }
                    && latentsDeviation.allSatisfy { $0 >= 1e-3 },
                "latents_std",
                latentsDeviation,
                "deviations of 0.001 to 1000 and means up to 1000 are expected"
            )
            self.latentsMean = latentsMean
            self.latentsDeviation = latentsDeviation
            self.scalingFactor = scalingFactor
            self.useQuantConv = useQuantConv
            self.usePostQuantConv = usePostQuantConv
            self.midBlockAddAttention = midBlockAddAttention
        }

        fileprivate static let model = "AutoencoderKL"
    }
}

extension AutoencoderKL.Config: Decodable {
    private enum CodingKeys: String, CodingKey {
        case inChannels = "in_channels"
        case outChannels = "out_channels"
        case blockOutChannels = "block_out_channels"
        case layersPerBlock = "layers_per_block"
        case latentChannels = "latent_channels"
        case normNumGroups = "norm_num_groups"
        case scalingFactor = "scaling_factor"
        case useQuantConv = "use_quant_conv"
        case usePostQuantConv = "use_post_quant_conv"
        case midBlockAddAttention = "mid_block_add_attention"
        case downBlockTypes = "down_block_types"
        case upBlockTypes = "up_block_types"
        case activation = "act_fn"
        case shiftFactor = "shift_factor"
        case latentsMean = "latents_mean"
        case latentsDeviation = "latents_std"
    }

    /// Absent keys get diffusers' defaults.
    ///
    /// - Throws: `ModelConfigError` for another autoencoder than SDXL's kind, and for what no autoencoder has
    public init(from decoder: any Swift.Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, default value: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        let usual = try Self()
        try self.init(
            blockOutChannels: read(.blockOutChannels, default: usual.blockOutChannels),
            layersPerBlock: read(.layersPerBlock, default: usual.layersPerBlock),
            latentChannels: read(.latentChannels, default: usual.latentChannels),
            normNumGroups: read(.normNumGroups, default: usual.normNumGroups),
            scalingFactor: read(.scalingFactor, default: usual.scalingFactor),
            latentsMean: read(.latentsMean, default: []),
            latentsDeviation: read(.latentsDeviation, default: []),
            useQuantConv: read(.useQuantConv, default: usual.useQuantConv),
            usePostQuantConv: read(.usePostQuantConv, default: usual.usePostQuantConv),
            midBlockAddAttention: read(.midBlockAddAttention, default: usual.midBlockAddAttention)
        )

        func require(_ holds: Bool, _ key: CodingKeys, _ value: some Any, supported: String) throws {
            guard holds else {
                throw ModelConfigError.unsupported(
                    model: Self.model,
                    key: key.rawValue,
                    value: "\(value)",
                    supported: supported
                )
            }
        }
        for key in [CodingKeys.inChannels, .outChannels] {
            let channels = try read(key, default: Self.pictureChannels)
            try require(
                channels == Self.pictureChannels,
                key,
                channels,
                supported: "\(Self.pictureChannels): pictures are red, green and blue"
            )
        }
        for (key, type) in [(CodingKeys.downBlockTypes, "DownEncoderBlock2D"), (.upBlockTypes, "UpDecoderBlock2D")] {
            let types = try values.decodeIfPresent([String].self, forKey: key)
            let expected = Array(repeating: type, count: blockOutChannels.count)
            try require((types ?? expected) == expected, key, types ?? [], supported: "\(type) for every block")
        }
        let activation = try values.decodeIfPresent(String.self, forKey: .activation) ?? "silu"
        try require(activation == "silu", .activation, activation, supported: "silu")
        let isAbsent = try !values.contains(.shiftFactor) || values.decodeNil(forKey: .shiftFactor)
        try require(isAbsent, .shiftFactor, "set", supported: "null, as no autoencoder of SDXL's kind shifts")
    }
}
