import Foundation
import Tensors

/// A LoRA: for layers of SDXL's networks, a small matrix up and one down whose product is added to the layer's weights.
///
/// Read in the key styles of kohya-ss/sd-scripts (`lora_unet_....lora_down.weight`, with diffusers' or the authors'
/// block names) and of diffusers and PEFT (`unet....lora_A.weight`, `...lora.down.weight`).
public struct LoRAFile: Sendable {
    public enum Network: String, Hashable, Sendable, CaseIterable {
        case unet
        case textEncoder = "text_encoder"
        case textEncoder2 = "text_encoder_2"
    }

    /// What one layer gets.
    struct Update: Sendable {
        /// As the file has it, before `.lora_down` and the like, for messages.
        let key: String
        let up: String
        let down: String
        let alpha: Float?
    }

    public let source: any CheckpointSource
    /// By network, then by the layer's name: dotted, or joined with underscores as kohya writes it.
    let updates: [Network: [String: Update]]

    /// - Throws: `CheckpointError`; `LoRAError` when a key is not understood
    public init(_ path: String) throws {
        let source = try WeightFile.open(path)
        self.source = source
        let alphas = try LoRAMetadata(source)
        var parts: [String: LoRAParts] = [:]
        var unknown: [String] = []
        for name in source.tensorNames {
            guard let (key, part) = LoRAKey.split(name) else {
                unknown.append(name)
                continue
            }
            guard parts[key, default: LoRAParts()].add(name, as: part) else {
                throw CheckpointError.duplicateTensor(name: name)
            }
        }
        var updates: [Network: [String: Update]] = [:]
        for (key, part) in parts.sorted(by: { $0.key < $1.key }) {
            guard let (network, layer) = LoRAKey.layer(key), let up = part.up, let down = part.down else {
                unknown += [part.up, part.down, part.alpha].compactMap(\.self)
                continue
            }
            let alpha = try part.alpha.map { try Self.number($0, in: source) } ?? alphas.alpha(of: network)
            let update = Update(key: key, up: up, down: down, alpha: alpha)
            guard updates[network, default: [:]].updateValue(update, forKey: layer) == nil else {
                throw CheckpointError.duplicateTensor(name: key)
            }
        }
        guard unknown.isEmpty else { throw LoRAError.unknownKeys(unknown.sorted(), file: path) }
        guard !updates.isEmpty else { throw LoRAError.empty(file: path) }
        self.updates = updates
    }

    /// The networks that it changes.
    public var networks: [Network] { Network.allCases.filter { updates[$0] != nil } }

    private static func number(_ name: String, in source: any CheckpointSource) throws -> Float {
        let values = (try? source.tensor(name).values) ?? (try? source.integers(name).map { Float($0) }) ?? []
        guard values.count == 1, values[0].isFinite else { throw LoRAError.badAlpha(name, file: source.name) }
        return values[0]
    }
}

/// The tensors of one layer's update, while they are collected.
private struct LoRAParts {
    var up: String?
    var down: String?
    var alpha: String?

    /// - Returns: false when there is such a part already
    mutating func add(_ name: String, as part: LoRAKey.Part) -> Bool {
        let place: WritableKeyPath<LoRAParts, String?> =
            switch part {
            case .up: \.up
            case .down: \.down
            case .alpha: \.alpha
            }
        guard self[keyPath: place] == nil else { return false }
        self[keyPath: place] = name
        return true
    }
}

/// What PEFT notes beside the tensors, as diffusers writes it into a safetensors file's metadata.
///
/// diffusers: loaders/lora_base.py, `lora_adapter_metadata`
private struct LoRAMetadata {
    private let values: [String: Any]

    /// - Throws: `LoRAError.unsupported` for a kind of LoRA that is not merged here
    init(_ source: any CheckpointSource) throws {
        let text = source.metadata["lora_adapter_metadata"] ?? "{}"
        values = (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            let setting = key.split(separator: ".").last.map(String.init) ?? key
            let isOn = (value as? Bool) == true
            let isFilled = (value as? [String: Any])?.isEmpty == false
            if ["use_rslora", "use_dora", "lora_bias"].contains(setting), isOn {
                throw LoRAError.unsupported(key, file: source.name)
            }
            if setting == "alpha_pattern", isFilled { throw LoRAError.unsupported(key, file: source.name) }
        }
    }

    func alpha(of network: LoRAFile.Network) -> Float? {
        (values["\(network.rawValue).lora_alpha"] as? NSNumber)?.floatValue
    }
}

/// Why a LoRA cannot be merged.
public enum LoRAError: Error, Hashable, Sendable {
    case unknownKeys([String], file: String)
    case empty(file: String)
    case badAlpha(String, file: String)
    /// A kind of LoRA that is not merged here, by the setting that asks for it.
    case unsupported(String, file: String)
    /// The update does not fit the layer.
    case wrongSize(key: String, up: [Int], down: [Int], layer: [Int], file: String)
}

extension LoRAError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownKeys(let names, let file):
            "\(file): \(names.count) tensors of this LoRA belong to no layer of the model, or are of a kind that is not "
                + "merged (DoRA, LoHa, LoKr): " + names.prefix(5).joined(separator: ", ")
                + (names.count > 5 ? " ..." : "")
        case .empty(let file): "\(file): this holds no LoRA"
        case .badAlpha(let name, let file): "\(file): \(name) is not one finite number"
        case .unsupported(let setting, let file): "\(file): \(setting) asks for a kind of LoRA that is not merged here"
        case .wrongSize(let key, let up, let down, let layer, let file):
            "\(file): \(key) has matrices \(up) and \(down), which do not fit the layer's \(layer); is this LoRA made for "
                + "SDXL?"
        }
    }
}
