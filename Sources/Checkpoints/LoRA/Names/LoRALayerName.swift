/// The layer of a network that a LoRA file means, whoever wrote it.
struct LoRALayerName: Hashable, Sendable {
    enum Owner: Hashable, Sendable {
        case network(LoRAFile.Network)
        /// One of the text encoders: the name does not say which.
        case someTextEncoder
    }

    let owner: Owner
    /// diffusers' and transformers' name, below the network and without `text_model`, joined with underscores.
    let layer: String

    /// - Parameter name: as the file has it
    /// - Returns: nil for what names no network
    init?(_ name: String) {
        let name = Self.withoutPEFT(name)
        for (prefix, network) in Self.prefixes where name.hasPrefix(prefix) {
            self.init(Self.withoutPEFT(String(name.dropFirst(prefix.count))), of: network)
            return
        }
        // LyCORIS on a model alone, and files that name nothing but the layer.
        let prefix = "lycoris_"
        let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        let flat = Self.flat(bare)
        if Self.unetBlocks.contains(where: flat.hasPrefix) {
            self.init(bare, of: .unet)
        } else if flat.hasPrefix("text_model_") || flat.hasPrefix("encoder_layers_") {
            self.init(owner: .someTextEncoder, layer: Self.textLayer(bare))
        } else {
            return nil
        }
    }

    private init(owner: Owner, layer: String) { (self.owner, self.layer) = (owner, layer) }

    private init(_ name: String, of network: LoRAFile.Network) {
        self.init(
            owner: .network(network),
            layer: network == .unet ? Self.unetLayer(name) : Self.textLayer(name)
        )
    }

    /// Longer ones before those that they begin with.
    private static let prefixes: [(String, LoRAFile.Network)] = [
        ("lora_unet_", .unet), ("oft_unet_", .unet), ("lycoris_unet_", .unet), ("unet.", .unet),
        ("model.diffusion_model.", .unet), ("diffusion_model.", .unet),
        ("lora_te1_", .textEncoder), ("lora_te2_", .textEncoder2), ("lora_te_", .textEncoder),
        ("lycoris_te1_", .textEncoder), ("lycoris_te2_", .textEncoder2),
        ("text_encoder.", .textEncoder), ("text_encoder_2.", .textEncoder2),
        ("text_encoders.clip_l.transformer.", .textEncoder), ("text_encoders.clip_g.transformer.", .textEncoder2),
        ("clip_l.transformer.", .textEncoder), ("clip_g.transformer.", .textEncoder2),
    ]

    /// What the names of a UNet's layers begin with, by diffusers and by its authors.
    private static let unetBlocks = [
        "down_blocks_", "mid_block_", "up_blocks_", "conv_in", "conv_out", "conv_norm_out", "time_embedding_",
        "add_embedding_", "input_blocks_", "middle_block_", "output_blocks_", "time_embed_", "label_emb_", "out_0",
        "out_2",
    ]

    /// PEFT's own saving puts this before a model's names.
    private static func withoutPEFT(_ name: String) -> String {
        let prefix = "base_model.model."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    static func unetLayer(_ name: String) -> String {
        let flat = flat(withoutProcessor(name, ["to_out": "to_out.0"]))
        return original(flat) ?? flat
    }

    static func textLayer(_ name: String) -> String {
        let projections = ["to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"]
        let flat = flat(withoutProcessor(name, projections))
        let prefix = "text_model_"
        return flat.hasPrefix(prefix) ? String(flat.dropFirst(prefix.count)) : flat
    }

    private static func flat(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

    /// diffusers' older files: `attn1.processor.to_out_lora` is what is now `attn1.to_out.0`.
    private static func withoutProcessor(_ name: String, _ projections: [String: String]) -> String {
        var path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        path.removeAll { $0 == "processor" }
        if let last = path.last, let projection = projections[last] { path[path.count - 1] = projection }
        return path.joined(separator: ".")
    }

    /// diffusers' name of a UNet's layer that has the authors' block names; nil if it has not.
    ///
    /// kohya: library/sdxl_model_util.py. All in the name is joined with underscores, so its parts are found by kind.
    private static func original(_ name: String) -> String? {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        /// The first `count` parts are a kind of two words and indices.
        func dotted(_ count: Int) -> String? {
            guard parts.count > count else { return nil }
            let head = (["\(parts[0])_\(parts[1])"] + parts[2..<count]).joined(separator: ".")
            var rest = parts[count...].joined(separator: "_")
            for inner in ["in_layers", "emb_layers", "out_layers"] where rest.hasPrefix(inner + "_") {
                rest = "\(inner).\(rest.dropFirst(inner.count + 1))"
            }
            return "\(head).\(rest).weight"
        }
        let path: String?
        switch parts.prefix(2) {
        case ["input", "blocks"] where name == "input_blocks_0_0": path = "input_blocks.0.0.weight"
        case ["input", "blocks"], ["output", "blocks"]: path = dotted(4)
        case ["middle", "block"]: path = dotted(3)
        case ["time", "embed"] where parts.count == 3: path = "time_embed.\(parts[2]).weight"
        case ["label", "emb"] where parts.count == 4: path = "label_emb.\(parts[2]).\(parts[3]).weight"
        case ["out", "0"], ["out", "2"]: path = "out.\(parts[1]).weight"
        default: path = nil
        }
        // SDXL has two layers in each block.
        guard let path, let target = OriginalUNetNames(layersPerBlock: 2).targets(path).first, target.name != path
        else {
            return nil
        }
        return flat(String(target.name.dropLast(".weight".count)))
    }
}
