extension AutoencoderKL {
    /// What `vae/config.json` says, under the file's own keys. Keys that change nothing here are not read:
    /// `force_upcast` (everything is computed in 32 bits) and `sample_size`.
    public struct Config: Hashable, Sendable {
        public var inChannels = 3
        public var outChannels = 3
        public var blockOutChannels = [64]
        public var layersPerBlock = 1
        public var latentChannels = 4
        public var normNumGroups = 32
        /// Latents as the UNet sees them are the autoencoder's times this.
        public var scalingFactor: Float = 0.18215
        public var useQuantConv = true
        public var usePostQuantConv = true
        public var midBlockAddAttention = true

        /// How many pixels one latent covers on each side: 8 for SDXL.
        public var downscale: Int { 1 << (blockOutChannels.count - 1) }

        /// SDXL's autoencoder.
        public static let sdxl = Config(
            blockOutChannels: [128, 256, 512, 512],
            layersPerBlock: 2,
            scalingFactor: 0.13025
        )

        public init(
            inChannels: Int = 3,
            outChannels: Int = 3,
            blockOutChannels: [Int] = [64],
            layersPerBlock: Int = 1,
            latentChannels: Int = 4,
            normNumGroups: Int = 32,
            scalingFactor: Float = 0.18215,
            useQuantConv: Bool = true,
            usePostQuantConv: Bool = true,
            midBlockAddAttention: Bool = true
        ) {
            self.inChannels = inChannels
            self.outChannels = outChannels
            self.blockOutChannels = blockOutChannels
            self.layersPerBlock = layersPerBlock
            self.latentChannels = latentChannels
            self.normNumGroups = normNumGroups
            self.scalingFactor = scalingFactor
            self.useQuantConv = useQuantConv
            self.usePostQuantConv = usePostQuantConv
            self.midBlockAddAttention = midBlockAddAttention
        }

        /// - Throws: `ModelConfigError` for sizes that no autoencoder has. They may come from a file, so they are
        ///   checked before anything is computed from them.
        func validate() throws {
            func check(_ holds: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
                guard holds else {
                    throw ModelConfigError.invalid(
                        model: "AutoencoderKL",
                        key: key,
                        value: "\(value)",
                        reason: reason
                    )
                }
            }
            let width = 1...(1 << 16)
            try check(
                (1...8).contains(blockOutChannels.count),
                "block_out_channels",
                blockOutChannels,
                "one to eight blocks are expected"
            )
            try check(
                blockOutChannels.allSatisfy(width.contains),
                "block_out_channels",
                blockOutChannels,
                "a width lies between 1 and 65536"
            )
            try check((1...256).contains(layersPerBlock), "layers_per_block", layersPerBlock, "1 to 256 are expected")
            try check(width.contains(inChannels), "in_channels", inChannels, "1 to 65536 are expected")
            try check(width.contains(outChannels), "out_channels", outChannels, "1 to 65536 are expected")
            try check(width.contains(latentChannels), "latent_channels", latentChannels, "1 to 65536 are expected")
            try check(
                normNumGroups > 0 && blockOutChannels.allSatisfy { $0 % normNumGroups == 0 },
                "norm_num_groups",
                normNumGroups,
                "it has to divide every one of the block_out_channels \(blockOutChannels)"
            )
            try check(
                scalingFactor.isFinite && scalingFactor != 0,
                "scaling_factor",
                scalingFactor,
                "a finite number other than 0 is expected"
            )
        }
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
    /// - Throws: `ModelConfigError.unsupported` for another autoencoder than SDXL's kind.
    public init(from decoder: any Swift.Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let found = try values.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        try read(.inChannels, into: &inChannels)
        try read(.outChannels, into: &outChannels)
        try read(.blockOutChannels, into: &blockOutChannels)
        try read(.layersPerBlock, into: &layersPerBlock)
        try read(.latentChannels, into: &latentChannels)
        try read(.normNumGroups, into: &normNumGroups)
        try read(.scalingFactor, into: &scalingFactor)
        try read(.useQuantConv, into: &useQuantConv)
        try read(.usePostQuantConv, into: &usePostQuantConv)
        try read(.midBlockAddAttention, into: &midBlockAddAttention)

        func require(_ holds: Bool, _ key: CodingKeys, _ value: some Any, supported: String) throws {
            guard holds else {
                throw ModelConfigError.unsupported(
                    model: "AutoencoderKL",
                    key: key.rawValue,
                    value: "\(value)",
                    supported: supported
                )
            }
        }
        for (key, type) in [(CodingKeys.downBlockTypes, "DownEncoderBlock2D"), (.upBlockTypes, "UpDecoderBlock2D")] {
            let types = try values.decodeIfPresent([String].self, forKey: key)
            let expected = Array(repeating: type, count: blockOutChannels.count)
            try require((types ?? expected) == expected, key, types ?? [], supported: "\(type) for every block")
        }
        let activation = try values.decodeIfPresent(String.self, forKey: .activation) ?? "silu"
        try require(activation == "silu", .activation, activation, supported: "silu")
        for key in [CodingKeys.shiftFactor, .latentsMean, .latentsDeviation] {
            let isAbsent = try !values.contains(key) || values.decodeNil(forKey: key)
            try require(isAbsent, key, "set", supported: "null: latents are scaled by scaling_factor alone")
        }
        try validate()
    }
}
