import Checkpoints
import Graph
import ModelFiles

/// A LoRA and how strongly it is merged, as `{file: style.safetensors, scale: 0.8}`.
struct LoRAChoice: ParameterType, Hashable {
    let file: ModelPath
    let scale: Double
    /// The text encoders', where it is another.
    let textScale: Double?
    /// What multiplies the scale in parts of the model, by the part's name.
    let blocks: [String: Double]

    static var parameterForm: ParameterForm {
        .object([
            ParameterField(
                "file",
                .path,
                help: "the LoRA, or a folder in which PEFT (adapter_model) or diffusers (pytorch_lora_weights) saved it"
            ),
            ParameterField("scale", .number, help: "1 is as trained, 0 is without", default: .number(1)),
            ParameterField(
                "text_scale",
                .optional(.number),
                help: "that of the text encoders, where it is another than the UNet's",
                default: .null
            ),
            ParameterField("blocks", .optional(.object(blockFields)), help: blockHelp, default: .null),
        ])
    }

    private static let blockHelp =
        "what multiplies the scale in parts of the model: down, mid, up (diffusers), or single blocks IN00 to IN08, OUT00 "
        + "to OUT08 (A1111), text_encoder, text_encoder_2; what is not named has 1, and a block counts for more than its part"

    private static let blockFields: [ParameterField] =
        UNetBlock.all.map(\.name).map { ParameterField($0, .optional(.number), help: "of the UNet", default: .null) }
        + [LoRAFile.Network.textEncoder, .textEncoder2].map {
            ParameterField($0.rawValue, .optional(.number), help: "of this text encoder", default: .null)
        }

    var parameterValue: Value {
        .map([
            "file": file.parameterValue, "scale": .number(scale), "text_scale": textScale.map(Value.number) ?? .null,
            "blocks": blocks.isEmpty ? .null : .map(blocks.mapValues(Value.number)),
        ])
    }

    init(parameter value: Value) throws(ParameterMismatch) {
        guard case .map(let values) = value, let file = values["file"] else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        self.file = try ModelPath(parameter: file)
        scale = try Double(parameter: values["scale"] ?? .number(1))
        textScale = try Double?(parameter: values["text_scale"] ?? .null)
        var blocks: [String: Double] = [:]
        if case .map(let given) = values["blocks"] {
            for (name, value) in given { blocks[name] = try Double?(parameter: value) }
        }
        self.blocks = blocks
    }

    /// The weights themselves, where a folder is named; nil if it holds none.
    var weights: String? { isFolder(file.path) ? LoRAFile.weights(in: file.path) : file.path }

    /// The names of the textual inversions that LoRAs of a recipe bring, as far as their headers can be read.
    static func embeddings(ofAll loras: Value) -> [String] {
        guard case .list(let choices) = loras else { return [] }
        return choices.flatMap { choice -> [String] in
            guard let path = (try? LoRAChoice(parameter: choice))?.weights,
                let lora = try? OpenFiles().lora(path, settings: LoRAFile.settings(of: path))
            else { return [] }
            return lora.embeddings.map(\.name)
        }
    }

    /// How strongly it is merged into a network.
    func scale(of network: LoRAFile.Network) -> LoRAScale {
        switch network {
        case .unet:
            let ofBlocks = UNetBlock.all.compactMap { block in blocks[block.name].map { (block, Float($0)) } }
            return LoRAScale(Float(scale), blocks: Dictionary(uniqueKeysWithValues: ofBlocks))
        case .textEncoder, .textEncoder2:
            return LoRAScale(Float((textScale ?? scale) * (blocks[network.rawValue] ?? 1)))
        }
    }
}
