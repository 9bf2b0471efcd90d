import Checkpoints
import Foundation
import Models
import Tensors

/// SDXL in one file, in the layout of its authors; or one network of it, a UNet or an autoencoder, alone in a file of
/// either layout.
package struct OriginalCheckpoint {
    let source: any CheckpointSource

    /// Notes among the tensors on the noise that the UNet was trained with.
    func noiseMarkers() throws -> NoiseMarkers { try NoiseMarkers(source) }

    private static let unetPrefix = "model.diffusion_model."
    private static let vaePrefix = "first_stage_model."
    private static let firstEncoderPrefix = "conditioner.embedders.0.transformer."
    private static let secondEncoderPrefix = "conditioner.embedders.1.model."

    package init(_ source: any CheckpointSource) { self.source = source }

    // MARK: - Weights under the names that our networks have

    /// A UNet's, whatever the layout.
    func unet(layersPerBlock: Int) throws -> any WeightSource {
        guard let prefix = unetPrefix else { return source }
        return try RenamedWeights(
            source,
            prefix: prefix,
            targets: OriginalUNetNames(layersPerBlock: layersPerBlock).targets
        )
    }

    /// An autoencoder's, whatever the layout.
    func vae(levels: Int) throws -> any WeightSource {
        let first = "encoder.down.0.block.0.conv1.weight"
        guard let prefix = [Self.vaePrefix, ""].first(where: { has($0 + first) }) else { return source }
        return try RenamedWeights(source, prefix: prefix, targets: OriginalVAENames(levels: levels).targets)
    }

    /// The first text encoder's, whatever the layout.
    func firstEncoder() throws -> any WeightSource {
        let prefix = Self.firstEncoderPrefix
        guard source.tensorNames.contains(where: { $0.hasPrefix(prefix) }) else { return source }
        return try RenamedWeights(source, prefix: prefix) { [.init($0)] }
    }

    /// The second text encoder's, whatever the layout.
    func secondEncoder() throws -> any WeightSource {
        let prefix = Self.secondEncoderPrefix
        guard source.tensorNames.contains(where: { $0.hasPrefix(prefix) }) else { return source }
        return try RenamedWeights(source, prefix: prefix, targets: OpenCLIPTextNames.targets)
    }

    private func has(_ name: String) -> Bool { source.shape(of: name) != nil }

    /// Tensors of a checkpoint that belong to none of its networks, and are no note or left-over of training and merging.
    var strangers: [String] {
        let networks = [Self.unetPrefix, Self.vaePrefix, Self.firstEncoderPrefix, Self.secondEncoderPrefix]
        return source.tensorNames.filter { name in
            !networks.contains(where: name.hasPrefix) && !NoiseMarkers.isMarker(name)
                && !Self.leftOvers.contains { $0.matches(name) }
        }
    }

    /// Tables of noise levels, counters of averages, and what text encoders have for training and for pictures.
    private static let leftOvers: [LeftOver] =
        ["betas", "alphas_cumprod", "alphas_cumprod_prev", "logvar", "model_ema.decay", "model_ema.num_updates"]
        .map { .name($0) }
        + ["sqrt_", "log_one_minus_", "posterior_", "denoiser."].map { .prefix($0) }
        + [".logit_scale", ".text_projection", ".position_ids"].map { .suffix($0) }

    private enum LeftOver {
        case name(String), prefix(String), suffix(String)

        func matches(_ name: String) -> Bool {
            switch self {
            case .name(let whole): name == whole
            case .prefix(let start): name.hasPrefix(start)
            case .suffix(let end): name.hasSuffix(end)
            }
        }
    }

    /// Who stored numbers in a way of its own; nil where none is known by the tensors' names.
    private var quantizer: String? {
        let marks = [
            ("bitsandbytes", [".quant_state.bitsandbytes__", ".SCB"]), ("quanto", [".weight._data", ".weight_qtype"]),
            ("SVDQuant, GPTQ or AWQ", [".qweight"]),
        ]
        return marks.first { mark in
            source.tensorNames.contains { name in
                mark.1.contains { $0.hasSuffix("__") ? name.contains($0) : name.hasSuffix($0) }
            }
        }?.0
    }

    /// UNets and autoencoders hold numbers alone.
    ///
    /// - Throws: `CheckpointError.notFloats` for a tensor of a type that is not read as floats
    func requireFloats(as role: String) throws {
        if let program = quantizer {
            throw WeightsError.wrongModel(
                found: "a network that \(program) quantised",
                expected: "F16, BF16, F8_E4M3, int8 with scales or GGUF",
                source: source.name
            )
        }
        let prefix = role == "unet" ? Self.unetPrefix : Self.vaePrefix
        let isWhole = source.tensorNames.contains { $0.hasPrefix(prefix) }
        for name in source.tensorNames where !isWhole || name.hasPrefix(prefix) {
            guard let type = source.elementType(of: name), !type.isReadAsFloats, !NoiseMarkers.isMarker(name) else {
                continue
            }
            throw CheckpointError.notFloats(tensor: name, type: type, file: source.name)
        }
    }

    // MARK: - Settings, which such a file does not say

    /// SDXL's UNet in the widths of the file, whatever the layout; heads are 64 wide, as in every UNet of that kind.
    package func unetConfig() throws -> UNet2DConditionModel.Config {
        try decode(unetSettings().merging(["addition_time_embed_dim": 256]) { $1 })
    }

    /// The same for looking at shapes alone, which neither heads nor groups nor sines decide.
    func unetShape() throws -> UNet2DConditionModel.Config {
        try decode(
            unetSettings().merging([
                "addition_time_embed_dim": 2, "attention_head_dim": 1, "norm_num_groups": 1,
            ]) { $1 }
        )
    }

    private func unetSettings() throws -> [String: Any] {
        let layers = unetLayersPerBlock
        guard layers > 0 else {
            let first = unetPrefix.map { "\($0)input_blocks.3.0.op.weight" } ?? "down_blocks.0.resnets.0.conv1.weight"
            throw Self.missing(first, in: source)
        }
        let weights = try unet(layersPerBlock: layers)
        func count(_ name: (Int) -> String) -> Int {
            (0..<64).prefix { weights.shape(of: "\(name($0)).weight") != nil }.count
        }
        func shape(_ name: String) throws -> [Int] { try Self.shape(of: "\(name).weight", in: weights) }
        let levels = count { "down_blocks.\($0).resnets.0.conv1" }
        let channels = try (0..<max(1, levels)).map { try shape("down_blocks.\($0).resnets.0.conv1")[0] }
        let depths = channels.indices.map { level in
            count { "down_blocks.\(level).attentions.0.transformer_blocks.\($0).attn1.to_q" }
        }
        guard let attention = depths.firstIndex(where: { $0 > 0 }) else {
            throw Self.missing("down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight", in: weights)
        }
        let block = "down_blocks.\(attention).attentions.0"
        return [
            "in_channels": try shape("conv_in")[1], "out_channels": try shape("conv_out")[0],
            "block_out_channels": channels, "layers_per_block": layers,
            "down_block_types": depths.map { $0 > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D" },
            "up_block_types": depths.reversed().map { $0 > 0 ? "CrossAttnUpBlock2D" : "UpBlock2D" },
            "transformer_layers_per_block": depths.map { max(1, $0) },
            "attention_head_dim": channels.map { max(1, $0 / 64) },
            "cross_attention_dim": try shape("\(block).transformer_blocks.0.attn2.to_k")[1],
            "addition_embed_type": "text_time",
            "time_cond_proj_dim": weights.shape(of: "time_embedding.cond_proj.weight")?.last ?? NSNull(),
            "projection_class_embeddings_input_dim": try shape("add_embedding.linear_1")[1],
            "use_linear_projection": try shape("\(block).proj_in").count == 2,
        ]
    }

    /// In either layout: the authors' ends a level's layers with its first downsampler.
    private var unetLayersPerBlock: Int {
        if let prefix = unetPrefix {
            return ((1...64).first { has("\(prefix)input_blocks.\($0).0.op.weight") } ?? 1) - 1
        }
        return (0..<64).prefix { has("down_blocks.0.resnets.\($0).conv1.weight") }.count
    }

    /// What the names of a UNet begin with in the authors' layout; nil for diffusers'.
    private var unetPrefix: String? {
        [Self.unetPrefix, "diffusion_model.", ""].first { has("\($0)input_blocks.0.0.weight") }
    }

    /// SDXL's autoencoder in the widths of the file, which holds it with others or alone, in either layout.
    ///
    /// - Parameter groups: of its norms
    package func vaeConfig(groups: Int = 32) throws -> AutoencoderKL.Config {
        let prefix = [Self.vaePrefix, ""].first { has("\($0)decoder.conv_in.weight") } ?? ""
        /// The first convolution of an encoder's layer.
        func layer(_ level: Int, _ number: Int) -> [Int]? {
            source.shape(of: "\(prefix)encoder.down.\(level).block.\(number).conv1.weight")
                ?? source.shape(of: "\(prefix)encoder.down_blocks.\(level).resnets.\(number).conv1.weight")
        }
        let levels = (0..<8).prefix { layer($0, 0) != nil }
        guard !levels.isEmpty else { throw Self.missing("\(prefix)encoder.down.0.block.0.conv1.weight", in: source) }
        let layers = (0..<64).prefix { layer(0, $0) != nil }.count
        // Playground 2.5 brings means and deviations of its latents with it.
        func statistics(_ name: String) throws -> [Float] {
            source.shape(of: name).map { $0.reduce(1, *) <= 64 } == true ? try source.tensor(name).values : []
        }
        let (mean, deviation) = try (
            statistics(NoiseMarkers.playground.mean), statistics(NoiseMarkers.playground.deviation)
        )
        return try AutoencoderKL.Config(
            blockOutChannels: levels.compactMap { layer($0, 0)?.first },
            layersPerBlock: layers,
            latentChannels: known("\(prefix)decoder.conv_in.weight")[1],
            normNumGroups: groups,
            scalingFactor: mean.isEmpty ? AutoencoderKL.Config.sdxlScalingFactor : 0.5,
            latentsMean: mean,
            latentsDeviation: deviation
        )
    }

    /// CLIP ViT-L's text encoder, in the widths of the file.
    package func firstEncoderConfig() throws -> CLIPTextConfig {
        let prefix = "\(Self.firstEncoderPrefix)text_model."
        let tokens = try known("\(prefix)embeddings.token_embedding.weight")
        return try CLIPTextConfig(
            vocabSize: tokens[0],
            hiddenSize: tokens[1],
            intermediateSize: known("\(prefix)encoder.layers.0.mlp.fc1.weight")[0],
            projectionDim: tokens[1],
            numHiddenLayers: (0..<1024).prefix { has("\(prefix)encoder.layers.\($0).mlp.fc1.weight") }.count,
            numAttentionHeads: max(1, tokens[1] / 64),
            maxPositionEmbeddings: known("\(prefix)embeddings.position_embedding.weight")[0],
            hiddenAct: .quickGELU
        )
    }

    /// OpenCLIP bigG's text encoder, in the widths of the file.
    package func secondEncoderConfig() throws -> CLIPTextConfig {
        let prefix = Self.secondEncoderPrefix
        let tokens = try known("\(prefix)token_embedding.weight")
        return try CLIPTextConfig(
            vocabSize: tokens[0],
            hiddenSize: tokens[1],
            intermediateSize: known("\(prefix)transformer.resblocks.0.mlp.c_fc.weight")[0],
            projectionDim: known("\(prefix)text_projection")[1],
            numHiddenLayers: (0..<1024).prefix { has("\(prefix)transformer.resblocks.\($0).mlp.c_fc.weight") }.count,
            numAttentionHeads: max(1, tokens[1] / 64),
            maxPositionEmbeddings: known("\(prefix)positional_embedding")[0],
            hiddenAct: .gelu
        )
    }

    private func known(_ name: String) throws -> [Int] { try Self.shape(of: name, in: source) }

    /// The shape of a matrix or a convolution that SDXL has.
    ///
    /// - Throws: `WeightsError.missing` for one that is not there, or is something else
    private static func shape(of name: String, in source: any WeightSource) throws -> [Int] {
        guard let shape = source.shape(of: name), shape.count >= 2 else { throw missing(name, in: source) }
        return shape
    }

    private static func missing(_ name: String, in source: any WeightSource) -> WeightsError {
        let nearest = nearestName(to: name, among: source.tensorNames)
        return .missing(name: name, source: source.name, nearest: nearest == name ? nil : nearest)
    }

    private func decode<Config: Decodable>(_ settings: [String: Any]) throws -> Config {
        try JSONDecoder().decode(Config.self, from: JSONSerialization.data(withJSONObject: settings))
    }

    // MARK: - Other files

    /// - Parameter given: what comes from other files
    /// - Throws: `WeightsError.wrongModel` unless the file holds the rest of SDXL
    package func requireSDXL(given: Set<WeightsKind.Part> = []) throws {
        let kind = WeightsKind(source)
        guard case .checkpoint(.sdxl, let lacks) = kind, given.isSuperset(of: lacks) else {
            throw kind.wrong(expected: "SDXL in one file, with its UNet, VAE and both text encoders", in: source.name)
        }
    }
}
