import Foundation
import Tensors

/// A LoRA, or a network of a kind like it: for layers of SDXL's networks what is done to their weights and biases.
///
/// Read under the names of kohya-ss/sd-scripts, LyCORIS, OneTrainer, ComfyUI, diffusers and PEFT, with diffusers' or the
/// authors' names of blocks.
public struct LoRAFile: Sendable {
    public enum Network: String, Hashable, Sendable, CaseIterable {
        case unet
        case textEncoder = "text_encoder"
        case textEncoder2 = "text_encoder_2"
    }

    /// Something that users should know and that stops nothing.
    public enum Remark: Hashable, Sendable, CaseIterable {
        /// Some alphas are 0.
        case zeroAlpha
    }

    /// What one layer gets.
    struct Layer: Sendable {
        /// As the file calls it.
        let key: String
        /// The names of all its tensors.
        let names: [String]
        let updates: [any LayerUpdate]
        let alpha: Float?
    }

    public let source: any CheckpointSource
    /// By network, then by the layer's name as `LoRALayerName` has it.
    let layers: [Network: [String: Layer]]
    /// Textual inversions that were trained with it and are in its file.
    public let embeddings: [TextualInversion]
    public let remarks: [Remark]

    /// - Parameters:
    ///   - path: of the weights
    ///   - settings: of PEFT's adapter_config.json for them, if there is one
    /// - Throws: `CheckpointError`; `LoRAError`, `TextualInversionError` when something in it is not understood
    public init(_ path: String, settings: String? = nil) throws {
        try self.init(WeightFile.open(path), settings: settings)
    }

    /// Of weights that are open.
    public init(_ source: any CheckpointSource, settings: String? = nil) throws {
        self.source = source
        let path = source.name
        let ofAll = try settings.flatMap(PEFTSettings.read)
        let ofNetworks = try PEFTSettings.read(source)

        var names: [String: [LoRAPart: String]] = [:]
        var (unknown, ofNoNetwork): ([String], [String]) = ([], [])
        embeddings = try TextualInversion.bundled(in: source)
        for name in source.tensorNames where !TextualInversion.isBundled(name) {
            guard let split = LoRAName(name) else {
                unknown.append(name)
                continue
            }
            if let other = names[split.layer, default: [:]].updateValue(name, forKey: split.part) {
                throw LoRAError.twice(other, name, file: path)
            }
        }
        let someEncoder = Self.textEncoder(of: source)
        var layers: [Network: [String: Layer]] = [:]
        var remarks: Set<Remark> = []
        for (key, parts) in names.sorted(by: { $0.key < $1.key }) {
            guard let name = LoRALayerName(key) else {
                ofNoNetwork += parts.values
                continue
            }
            let network =
                switch name.owner {
                case .network(let network): network
                case .someTextEncoder: someEncoder
                }
            var tensors = LoRATensors(
                layer: key,
                source: source,
                settings: ofAll ?? ofNetworks[network],
                names: parts
            )
            let settings = ofAll ?? ofNetworks[network]
            let alpha = try? parts[.alpha].map { try LoRATensor($0, in: source).number() } ?? settings?.alpha(of: key)
            try settings?.check(parts, of: key)
            let updates = try tensors.updates()
            if parts[.alpha] == nil { try settings?.check(updates, of: key) }
            unknown += tensors.names.values
            remarks.formUnion(tensors.remarks)
            let layer = Layer(key: key, names: parts.values.sorted(), updates: updates, alpha: alpha)
            if let other = layers[network, default: [:]].updateValue(layer, forKey: name.layer) {
                throw LoRAError.twice(other.key, key, file: path)
            }
        }
        guard ofNoNetwork.isEmpty else { throw LoRAError.unknownNetwork(ofNoNetwork.sorted(), file: path) }
        guard unknown.isEmpty else { throw LoRAError.unknownKeys(unknown.sorted(), file: path) }
        guard !layers.isEmpty else { throw LoRAError.empty(file: path) }
        self.layers = layers
        self.remarks = Remark.allCases.filter(remarks.contains)
    }

    /// The networks that it changes.
    public var networks: [Network] { Network.allCases.filter { layers[$0] != nil } }

    /// Whether tensors of these names are a LoRA's, of whatever kind.
    public static func isLoRA(_ names: some Sequence<String>) -> Bool {
        names.contains { name in
            guard let name = LoRAName(name), name.part.isDistinctive else { return false }
            return name.part.isAdapters || LoRALayerName(name.layer) != nil
        }
    }

    /// The one that a file means which says "text encoder" and not which: OpenCLIP's has 1280 channels and 32 layers.
    private static func textEncoder(of source: any CheckpointSource) -> Network {
        let isSecond = source.tensorNames.contains { name in
            source.shape(of: name)?.contains(1280) ?? false
                || (12..<32).contains { name.contains("layers.\($0).") || name.contains("layers_\($0)_") }
        }
        return isSecond ? .textEncoder2 : .textEncoder
    }
}

// MARK: - Where it lies

extension LoRAFile {
    /// The weights in a folder as PEFT or diffusers saves it; nil where it has none.
    public static func weights(in folder: String) -> String? {
        [
            "adapter_model.safetensors", "adapter_model.bin", "pytorch_lora_weights.safetensors",
            "pytorch_lora_weights.bin",
        ]
        .map { "\(folder)/\($0)" }.first(where: FileManager.default.fileExists(atPath:))
    }

    /// PEFT's settings beside weights that it saved; nil where there are none.
    public static func settings(of weights: String) -> String? {
        let path = weights as NSString
        let settings = (path.deletingLastPathComponent as NSString).appendingPathComponent("adapter_config.json")
        let isPEFT = path.lastPathComponent.hasPrefix("adapter_model.")
        return isPEFT && FileManager.default.fileExists(atPath: settings) ? settings : nil
    }
}

extension LoRAFile.Remark: CustomStringConvertible {
    public var description: String {
        switch self {
        case .zeroAlpha:
            "some layers have an alpha of 0, which is taken for the rank, as LyCORIS and kohya do; ComfyUI and diffusers "
                + "leave such layers as they are"
        }
    }
}
