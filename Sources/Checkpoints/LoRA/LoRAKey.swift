/// How LoRA files name things.
enum LoRAKey {
    enum Part { case up, down, alpha }

    private static let endings: [(String, Part)] = [
        (".lora_down.weight", .down), (".lora_up.weight", .up), (".alpha", .alpha), (".lora_A.weight", .down),
        (".lora_B.weight", .up), (".lora_A.default.weight", .down), (".lora_B.default.weight", .up),
        (".lora.down.weight", .down), (".lora.up.weight", .up), (".lora_linear_layer.down.weight", .down),
        (".lora_linear_layer.up.weight", .up), ("_lora.down.weight", .down), ("_lora.up.weight", .up),
    ]

    /// A tensor's layer and part; nil if it is neither a matrix of a LoRA nor its alpha.
    static func split(_ name: String) -> (key: String, part: Part)? {
        for (ending, part) in endings where name.hasSuffix(ending) {
            return (String(name.dropLast(ending.count)), part)
        }
        return nil
    }

    /// The network that a key is for, and the layer there: dotted, or with underscores, both without `text_model`.
    static func layer(_ key: String) -> (network: LoRAFile.Network, layer: String)? {
        let kohya: [(String, LoRAFile.Network)] = [
            ("lora_unet_", .unet), ("lora_te1_", .textEncoder), ("lora_te2_", .textEncoder2),
        ]
        for (prefix, network) in kohya where key.hasPrefix(prefix) {
            let name = String(key.dropFirst(prefix.count))
            return (network, network == .unet ? original(name) ?? name : withoutTextModel(name, "_"))
        }
        let dotted: [(String, LoRAFile.Network)] = [
            ("unet.", .unet), ("text_encoder.", .textEncoder), ("text_encoder_2.", .textEncoder2),
        ]
        for (prefix, network) in dotted where key.hasPrefix(prefix) {
            let name = String(key.dropFirst(prefix.count))
            return (network, flat(network == .unet ? withoutProcessor(name) : withoutTextModel(name, ".")))
        }
        return nil
    }

    /// A layer's name as kohya writes it.
    static func flat(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

    static func withoutTextModel(_ name: String, _ separator: String) -> String {
        let prefix = "text_model" + separator
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    /// diffusers' older files: `attn1.processor.to_out_lora` is what is now `attn1.to_out.0`.
    private static func withoutProcessor(_ name: String) -> String {
        guard let range = name.range(of: ".processor.") else { return name }
        let projection = name[range.upperBound...]
        return "\(name[..<range.lowerBound]).\(projection)" + (projection == "to_out" ? ".0" : "")
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
