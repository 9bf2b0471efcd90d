import Checkpoints
import Foundation
import ONNX
import Tensors

/// What a file or a folder is, as far as its headers tell: nothing is loaded in full.
public struct FileInspection: Sendable {
    public struct Tensor: Hashable, Sendable {
        public let name: String
        /// By the names that safetensors uses.
        public let type: String
        public let shape: [Int]

        /// How many numbers; nil for more than an Int counts.
        var count: Int? {
            var count = 1
            for size in shape {
                let (product, over) = count.multipliedReportingOverflow(by: size)
                if over { return nil }
                count = product
            }
            return count
        }
    }

    public internal(set) var path: String
    /// Of all files that belong to it.
    public internal(set) var bytes = 0
    /// How it is written: "safetensors", "PyTorch (zip)"; nil for what cannot be read.
    public internal(set) var format: String?
    /// What it is; follows "this is ".
    public internal(set) var kind = "something else"
    /// Further facts, each a line.
    public internal(set) var details: [String] = []
    /// A node of a recipe that uses it; nil if none does.
    public internal(set) var use: String?
    /// What is wrong with it; nil for a file that can be used or is merely something else.
    public internal(set) var problem: String?
    public internal(set) var tensors: [Tensor] = []
    /// What lies in a folder, by name.
    public internal(set) var parts: [(name: String, inspection: FileInspection)] = []

    /// Of a picture, what it carries beside its pixels.
    public internal(set) var texts: [(name: String, text: String)] = []

    /// Never throws: what is wrong with a file is what there is to say of it.
    public init(path: String) { self.init(path: path, isPart: false) }

    /// - Parameter isPart: of a folder that is inspected: what lies in it is then not looked through
    init(path: String, isPart: Bool, settings: String? = nil) {
        self.path = path
        if isFolder(path) { inspectFolder(isPart: isPart) } else { inspectFile(settings: settings) }
    }

    /// What is wrong with it and with what lies in it, each with its file.
    public var problems: [String] {
        let within = parts.flatMap(\.inspection.problems)
        return within + (problem.map { within.contains($0) ? [] : [$0.contains(path) ? $0 : "\(path): \($0)"] } ?? [])
    }

    /// Numbers in all its tensors; nil for more than an Int counts.
    public var parameters: Int? {
        var sum = 0
        for tensor in tensors {
            guard let count = tensor.count else { return nil }
            let (next, over) = sum.addingReportingOverflow(count)
            if over { return nil }
            sum = next
        }
        return sum
    }

    /// The element types and how many tensors have each, the most frequent first.
    public var types: [(type: String, tensors: Int)] {
        Dictionary(grouping: tensors, by: \.type).map { (type: $0.key, tensors: $0.value.count) }
            .sorted { ($1.tensors, $0.type) < ($0.tensors, $1.type) }
    }

    private mutating func inspectFile(settings: String?) {
        do {
            let file = try MappedFile(path: path)
            bytes = file.count
            let start = file.withBytes { FileKind($0) }
            let outline = file.withBytes { bytes in start == .unknown ? ONNXOutline(bytes) : nil }
            switch start {
            case .picture: inspectPicture()
            case .json where !path.hasSuffix(".json"), .empty, .html, .gitLFSPointer, .gzip, .hdf5, .zeros, .text:
                kind = "\(start)"
            default:
                if let outline {
                    inspectONNX(outline)
                } else if path.lowercased().hasSuffix(".onnx") {
                    throw ONNXError.notONNX(file: path)
                } else {
                    try inspectWeights(start, settings: settings)
                }
            }
        } catch CheckpointError.notWeights(_, let found) {
            kind = "\(found)"
        } catch CheckpointError.badIndex(_, .empty) {
            kind = "JSON text that is no index of weights"
        } catch {
            kind = "a file that cannot be read"
            problem = "\(error)"
        }
    }

    private mutating func inspectWeights(_ start: FileKind, settings: String?) throws {
        if start == .json, let tokenizer = tokenizerFile() {
            kind = tokenizer
            return
        }
        let files = OpenFiles()
        let source = try files.source(path)
        let shards = try WeightFile.companions(of: path)
        switch start {
        case .zip: format = "PyTorch (zip)"
        case .pickle: format = "PyTorch (before 1.6)"
        case .gguf: format = "GGUF"
        default: format = shards.isEmpty ? "safetensors" : "safetensors in \(counted(shards.count, "file"))"
        }
        for shard in shards {
            bytes += (try? FileManager.default.attributesOfItem(atPath: shard)[.size] as? Int) ?? 0
        }
        tensors = source.tensorNames.map {
            Tensor(name: $0, type: source.elementType(of: $0)?.rawValue ?? "?", shape: source.shape(of: $0) ?? [])
        }
        try describe(files, settings: settings)
    }

    private func tokenizerFile() -> String? {
        switch (path as NSString).lastPathComponent {
        case "tokenizer.json", "vocab.json": "a part of a tokenizer; name its folder as `tokenizer:` of load_sdxl"
        case "config.json", "model_index.json", "scheduler_config.json", "tokenizer_config.json":
            "settings of a part of a model; name the folder"
        default: nil
        }
    }
}
