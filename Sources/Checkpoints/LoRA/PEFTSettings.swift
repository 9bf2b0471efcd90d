import Foundation

/// What PEFT notes beside a LoRA's tensors: in `adapter_config.json`, or where diffusers keeps it, in the safetensors
/// file's own `lora_adapter_metadata`.
///
/// PEFT: tuners/*/config.py; diffusers: loaders/lora_base.py
struct PEFTSettings: Sendable {
    private let values: [String: Setting]
    private let file: String

    /// nil where nothing is noted on that network.
    private init?(_ values: [String: Setting], file: String) {
        guard !values.isEmpty else { return nil }
        (self.values, self.file) = (values, file)
    }

    /// - Parameter path: of an adapter_config.json
    /// - Throws: `LoRAError.badSettings`, `CheckpointError.unreadable`
    static func read(_ path: String) throws -> PEFTSettings? {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw CheckpointError.unreadable(file: path, reason: error.localizedDescription)
        }
        return PEFTSettings(try Setting.all(in: data, file: path), file: path)
    }

    /// What a safetensors file's metadata say, by network.
    ///
    /// - Throws: `LoRAError.badSettings`
    static func read(_ source: any CheckpointSource) throws -> [LoRAFile.Network: PEFTSettings] {
        guard let text = source.metadata["lora_adapter_metadata"] else { return [:] }
        let all = try Setting.all(in: Data(text.utf8), file: source.name)
        var result: [LoRAFile.Network: PEFTSettings] = [:]
        for network in LoRAFile.Network.allCases {
            let prefix = network.rawValue + "."
            let own = all.filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            result[network] = PEFTSettings(Dictionary(own) { first, _ in first }, file: source.name)
        }
        return result
    }

    // MARK: - LoRA, LoHa, LoKr

    /// alpha / rank, or with rsLoRA alpha / √rank; nil where no alpha is noted.
    ///
    /// - Parameters:
    ///   - layer: as the file calls it
    ///   - rank: nil for that of the settings
    func factor(layer: String, rank: Int?) -> Float? {
        let layer = Self.module(layer)
        guard let alpha = pattern("alpha_pattern", layer) ?? number("lora_alpha") ?? number("alpha") else { return nil }
        let rank = rank.map(Double.init) ?? pattern("rank_pattern", layer) ?? number("r") ?? alpha
        guard rank > 0 else { return nil }
        let factor = Float(alpha / (isOn("use_rslora") ? rank.squareRoot() : rank))
        return factor.isFinite ? factor : nil
    }

    /// Without what stands before the names of the model's modules.
    private static func module(_ layer: String) -> String {
        var layer = layer[...]
        for prefix in ["unet.", "text_encoder.", "text_encoder_2.", "base_model.model."] where layer.hasPrefix(prefix) {
            layer = layer.dropFirst(prefix.count)
        }
        return String(layer)
    }

    private func pattern(_ key: String, _ layer: String) -> Double? {
        guard case .numbers(let patterns) = values[key] else { return nil }
        return patterns.first { ModulePattern($0.pattern)?.matchesEnd(of: layer) ?? false }?.value
    }

    // MARK: - Other kinds

    /// Whether (IA)3 scales a layer's inputs; nil where nothing is noted.
    func isFeedForward(_ layer: String) -> Bool? {
        let layer = Self.module(layer)
        switch values["feedforward_modules"] {
        case .texts(let modules):
            return modules.contains { layer == $0 || layer.hasSuffix(".\($0)") }
        case .text(let pattern): return ModulePattern(pattern).map { $0.matchesWhole(layer) }
        default: return nil
        }
    }

    /// How many terms of the series stand for OFT's rotation; nil where it is computed exactly.
    ///
    /// - Throws: `LoRAError.unsupported` for files of versions that meant other tensors or another series
    var neumannTerms: Int? {
        get throws {
            guard values["oft_block_size"] != nil else {
                throw LoRAError.unsupported("OFT of PEFT before 0.14", file: file)
            }
            guard values["use_cayley_neumann"] != .flag(false) else { return nil }
            guard case .text(let version) = values["peft_version"], Self.isAtLeast0_18(version) else {
                throw LoRAError.unsupported("use_cayley_neumann of PEFT before 0.18", file: file)
            }
            let terms = number("num_cayley_neumann_terms") ?? Double(Self.usualNeumannTerms)
            return terms.isFinite ? Int(min(64, max(1, terms))) : Self.usualNeumannTerms
        }
    }

    static let usualNeumannTerms = 5

    private static func isAtLeast0_18(_ version: String) -> Bool {
        let numbers = version.split { $0 == "." || $0 == "@" || $0 == "+" }.prefix(2).map { Int($0) ?? 0 }
        return numbers.count == 2 && (numbers[0] > 0 || numbers[1] >= 18)
    }

    private func number(_ key: String) -> Double? {
        guard case .number(let number) = values[key] else { return nil }
        return number
    }

    private func isOn(_ key: String) -> Bool { values[key] == .flag(true) }
}

/// A value of PEFT's settings, as far as such values are looked at.
private enum Setting: Hashable, Sendable, Decodable {
    struct Pattern: Hashable, Sendable {
        let pattern: String
        let value: Double
    }

    case flag(Bool)
    case number(Double)
    case text(String)
    case texts([String])
    /// In the order of their patterns, which JSON does not say.
    case numbers([Pattern])
    case other

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let texts = try? value.decode([String].self) {
            self = .texts(texts)
        } else if let numbers = try? value.decode([String: Double].self) {
            self = .numbers(numbers.sorted { $0.key < $1.key }.map { Pattern(pattern: $0.key, value: $0.value) })
        } else {
            self = .other
        }
    }

    static func all(in data: Data, file: String) throws -> [String: Setting] {
        do { return try JSONSettings.decode([String: Setting].self, from: data) } catch {
            throw LoRAError.badSettings(file: file)
        }
    }
}
