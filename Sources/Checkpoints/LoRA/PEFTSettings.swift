import Foundation

/// What PEFT notes beside a LoRA's tensors: in `adapter_config.json`, or where diffusers keeps it, in the safetensors
/// file's own `lora_adapter_metadata`.
///
/// PEFT: tuners/*/config.py; diffusers: loaders/lora_base.py
struct PEFTSettings: Sendable {
    private let values: [String: PEFTValue]
    private let file: String

    /// nil where nothing is noted on that network.
    ///
    /// - Throws: `LoRAError.badSetting` for a value of another kind than PEFT's
    private init?(_ values: [String: PEFTValue], file: String) throws {
        guard !values.isEmpty else { return nil }
        (self.values, self.file) = (values, file)
        try checkForms()
    }

    /// - Parameter path: of an adapter_config.json
    /// - Throws: `LoRAError.badSettings`, `CheckpointError.unreadable`
    static func read(_ path: String) throws -> PEFTSettings? {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw CheckpointError.unreadable(file: path, reason: error.localizedDescription)
        }
        return try PEFTSettings(PEFTValue.all(in: data, file: path), file: path)
    }

    /// What a safetensors file's metadata say, by network.
    ///
    /// - Throws: `LoRAError.badSettings`
    static func read(_ source: any CheckpointSource) throws -> [LoRAFile.Network: PEFTSettings] {
        guard let text = source.metadata["lora_adapter_metadata"] else { return [:] }
        let all = try PEFTValue.all(in: Data(text.utf8), file: source.name)
        var result: [LoRAFile.Network: PEFTSettings] = [:]
        for network in LoRAFile.Network.allCases {
            let prefix = network.rawValue + "."
            let own = all.filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            result[network] = try PEFTSettings(Dictionary(own) { first, _ in first }, file: source.name)
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

    /// The alpha of a layer, as it is noted.
    func alpha(of layer: String) -> Float? {
        (pattern("alpha_pattern", Self.module(layer)) ?? number("lora_alpha") ?? number("alpha")).map { Float($0) }
    }

    // MARK: - Whether they can be right

    private func checkForms() throws {
        for key in ["r", "lora_alpha", "alpha", "num_cayley_neumann_terms", "oft_block_size"] {
            try require(key, "a number is expected") { if case .number(let x) = $0 { x.isFinite } else { false } }
        }
        if let rank = number("r"), rank <= 0, number("oft_block_size") == nil {
            throw LoRAError.badSetting("r", reason: "it is \(rank), and a rank is above 0", file: file)
        }
        for key in ["use_rslora", "use_cayley_neumann"] {
            try require(key, "true or false is expected") { if case .flag = $0 { true } else { false } }
        }
        for key in ["rank_pattern", "alpha_pattern"] {
            try require(key, "patterns of modules' names with a number each are expected") {
                if case .numbers(let patterns) = $0 { patterns.allSatisfy { $0.value.isFinite } } else { false }
            }
            guard case .numbers(let patterns) = values[key] else { continue }
            for pattern in patterns where ModulePattern(pattern.pattern) == nil {
                throw LoRAError.badSetting(
                    key,
                    reason: "\(pattern.pattern) is no pattern that is known here",
                    file: file
                )
            }
        }
    }

    private func require(_ key: String, _ reason: String, _ holds: (PEFTValue) -> Bool) throws {
        guard let value = values[key], value != .null, !holds(value) else { return }
        throw LoRAError.badSetting(key, reason: reason, file: file)
    }

    private static let kinds: [String: Set<String>] = [
        "LORA": ["LoRA", "DoRA"], "LOHA": ["LoHa"], "LOKR": ["LoKr"], "IA3": ["(IA)3"], "OFT": ["OFT"],
        "BOFT": ["BOFT"],
    ]

    /// Whether a layer's tensors are of the kind that is noted.
    ///
    /// - Throws: `LoRAError.badSetting`
    func check(_ parts: [LoRAPart: String], of layer: String) throws {
        let kinds = Set(parts.keys.filter(\.isAdapters).map(\.kind))
        if case .text(let type) = values["peft_type"], !kinds.isSubset(of: Self.kinds[type] ?? []) {
            throw LoRAError.badSetting(
                "peft_type",
                reason:
                    "it is \(type), and the tensors of \(layer) are of \(kinds.sorted().joined(separator: " and "))",
                file: file
            )
        }
    }

    /// Whether the ranks are those that are noted.
    ///
    /// - Throws: `LoRAError.badSetting`
    func check(_ updates: [any LayerUpdate], of layer: String) throws {
        guard let noted = pattern("rank_pattern", Self.module(layer)) ?? number("r"), number("oft_block_size") == nil
        else {
            return
        }
        for rank in updates.compactMap(\.rank) where Double(rank) != noted {
            throw LoRAError.badSetting(
                "r",
                reason: "it is \(Self.text(noted)) for \(layer), and its tensors have the rank \(rank)",
                file: file
            )
        }
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

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

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
private enum PEFTValue: Hashable, Sendable, Decodable {
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
    case null
    case other

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
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

    static func all(in data: Data, file: String) throws -> [String: PEFTValue] {
        do { return try JSONSettings.decode([String: PEFTValue].self, from: data) } catch {
            throw LoRAError.badSettings(file: file)
        }
    }
}
