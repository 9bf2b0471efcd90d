import Tensors

/// Vectors that were learned to stand for a word in a prompt: for SDXL some for either text encoder.
///
/// Gal et al. 2022, arXiv:2208.01618; kohya and ComfyUI name them `clip_l` and `clip_g`.
public struct TextualInversion: Sendable {
    /// What prompts call it.
    public let name: String
    public let source: any CheckpointSource
    private let first: LoRATensor
    private let second: LoRATensor

    private static let bundle = "bundle_emb."
    private static let endings = (first: "clip_l", second: "clip_g")
    /// As diffusers' training scripts called them at first.
    private static let olderNames = ["clip_l": "text_encoders_0", "clip_g": "text_encoders_1"]

    /// - Parameters:
    ///   - path: of a file with `clip_l` and `clip_g`, or of a LoRA that brings one of this name
    ///   - name: what prompts call it
    /// - Throws: `CheckpointError`, `TextualInversionError`
    public init(_ path: String, name: String) throws {
        let source = try WeightFile.open(path)
        let prefix = "\(Self.bundle)\(name)."
        let isBundled = source.tensorNames.contains { $0.hasPrefix(prefix) }
        try self.init(name, in: source, prefix: isBundled ? prefix : "")
    }

    /// - Throws: `TextualInversionError`
    private init(_ name: String, in source: any CheckpointSource, prefix: String) throws {
        func tensor(_ ending: String) throws -> LoRATensor {
            var tensor = LoRATensor(prefix + ending, in: source)
            if let older = Self.olderNames[ending], prefix.isEmpty, source.shape(of: older) != nil {
                tensor = LoRATensor(older, in: source)
            }
            guard let shape = source.shape(of: tensor.name) else {
                throw TextualInversionError.missing(tensor.name, file: source.name)
            }
            guard (1...2).contains(shape.count), !shape.contains(0) else {
                throw TextualInversionError.wrongShape(tensor.name, shape: shape, file: source.name)
            }
            return tensor
        }
        self.name = name
        self.source = source
        (first, second) = try (tensor(Self.endings.first), tensor(Self.endings.second))
    }

    /// What stands for the word in the first encoder, CLIP-L, and in the second, OpenCLIP's bigG: (n, width) each.
    ///
    /// - Throws: `CheckpointError`
    public func vectors() throws -> (first: Tensor, second: Tensor) {
        func rows(_ tensor: LoRATensor) throws -> Tensor {
            let width = tensor.shape.last ?? 1
            return try tensor().reshaped([tensor.count / width, width])
        }
        return try (rows(first), rows(second))
    }

    // MARK: - In a LoRA's file

    static func isBundled(_ tensor: String) -> Bool {
        tensor.hasPrefix(bundle) && (tensor.hasSuffix(".\(endings.first)") || tensor.hasSuffix(".\(endings.second)"))
    }

    /// Those that OneTrainer keeps in a LoRA's file, under `bundle_emb.NAME.clip_l` and `.clip_g`.
    ///
    /// - Throws: `TextualInversionError`
    static func bundled(in source: any CheckpointSource) throws -> [TextualInversion] {
        let names = source.tensorNames.filter(isBundled).map {
            String($0.dropFirst(bundle.count).dropLast(".\(endings.first)".count))
        }
        return try Set(names).sorted().map { try TextualInversion($0, in: source, prefix: "\(bundle)\($0).") }
    }
}

/// Why a textual inversion cannot be used.
public enum TextualInversionError: Error, Hashable, Sendable {
    case missing(String, file: String)
    case wrongShape(String, shape: [Int], file: String)
}

extension TextualInversionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let tensor, let file):
            "\(file): a textual inversion for SDXL has clip_l and clip_g, one for each text encoder; there is no \(tensor)"
        case .wrongShape(let tensor, let shape, let file):
            "\(file): \(tensor) has shape \(shape), expected (vectors, width)"
        }
    }
}
