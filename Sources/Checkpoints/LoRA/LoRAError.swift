import Tensors

/// Why a LoRA cannot be merged.
public enum LoRAError: Error, Hashable, Sendable {
    /// Tensors that are of no kind, or have no partner that a kind needs.
    case unknownKeys([String], file: String)
    /// Layers by names that say no network.
    case unknownNetwork([String], file: String)
    /// Tensors of layers that the network lacks.
    case unknownLayers([String], network: LoRAFile.Network, file: String)
    case empty(file: String)
    /// Two tensors, or layers, by names that mean the same.
    case twice(String, String, file: String)
    /// A number that is not one, or not finite.
    case badNumber(String, file: String)
    /// A kind of LoRA that is not merged here, by the setting that asks for it.
    case unsupported(String, file: String)
    /// PEFT's settings cannot be read.
    case badSettings(file: String)
    /// A value of PEFT's settings that makes no sense, or not with these tensors.
    case badSetting(String, reason: String, file: String)
    /// A tensor with infinite values, or none.
    case notFinite(String, file: String)
    /// A layer lacks a tensor that its kind needs.
    case incomplete(layer: String, kind: String, missing: String, file: String)
    /// The update does not fit the layer: the shapes of its tensors and the layer's weight, or bias.
    case wrongSize(layer: String, kind: String, tensors: [[Int]], expected: [Int], file: String)
}

extension LoRAError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownKeys(let names, let file):
            "\(file): \(Self.some(names, "is", "are")) of no kind that is known: \(Self.list(names))"
        case .unknownNetwork(let names, let file):
            "\(file): \(Self.some(names, "says", "say")) no network of SDXL's by name: \(Self.list(names)); known are "
                + "names with lora_unet_, lora_te1_, lora_te2_, unet., text_encoder., text_encoder_2., diffusion_model. or none before "
                + "the UNet's blocks"
        case .unknownLayers(let names, let network, let file):
            "\(file): \(Self.some(names, "belongs", "belong")) to no layer of the model's \(network.rawValue): "
                + "\(Self.list(names)); is it made for SDXL?"
        case .twice(let first, let second, let file):
            "\(file): \(first) and \(second) are two names for the same; remove one of them"
        case .empty(let file): "\(file): this holds no LoRA"
        case .badNumber(let name, let file): "\(file): \(name) is not one finite number"
        case .unsupported(let setting, let file): "\(file): \(setting) asks for a kind of LoRA that is not merged here"
        case .badSetting(let key, let reason, let file):
            "\(file): \(key), which PEFT notes of this LoRA, cannot be followed: \(reason)"
        case .notFinite(let name, let file):
            "\(file): \(name) holds values that are infinite or no numbers: this LoRA is damaged, or its training failed"
        case .badSettings(let file): "\(file): what PEFT notes of this LoRA cannot be read: it is no JSON object"
        case .incomplete(let layer, let kind, let missing, let file):
            "\(file): \(layer) (\(kind)) has no \(missing): the file is not whole"
        case .wrongSize(_, _, _, _, let file): "\(file): \(misfit ?? ""); is this LoRA made for SDXL?"
        }
    }

    /// Of a wrong size: what does not fit.
    public var misfit: String? {
        guard case .wrongSize(let layer, let kind, let tensors, let expected, _) = self else { return nil }
        let shapes = tensors.map { "\($0)" }.joined(separator: ", ")
        return "\(layer) (\(kind)) has shapes \(shapes), which do not fit the layer's \(expected)"
    }

    /// How many tensors, and a verb.
    private static func some(_ names: [String], _ ofOne: String, _ ofSeveral: String) -> String {
        "\(counted(names.count, "tensor")) of this LoRA \(names.count == 1 ? ofOne : ofSeveral)"
    }

    /// The first few, each with its kind.
    private static func list(_ names: [String]) -> String {
        names.prefix(5).map { name in LoRAName(name).map { "\(name) (\($0.part.kind))" } ?? name }
            .joined(separator: ", ") + (names.count > 5 ? " ..." : "")
    }
}
