import Foundation
import Tensors

/// Weights that are split over several safetensors or PyTorch files, with an index that says which holds which tensor.
///
/// transformers and diffusers: `model.safetensors.index.json`, `pytorch_model.bin.index.json`, `{"metadata": {...}, "weight_map": {tensor: file}}`.
public final class ShardedFile: CheckpointSource {
    /// The index's path.
    public let name: String
    public let tensorNames: [String]
    private let shards: [String: any CheckpointSource]
    private let shardOfTensor: [String: String]

    /// Opens every shard and checks that each tensor of the index is in its shard, and no shard holds others.
    ///
    /// - Parameter path: of the index; the shards lie beside it
    /// - Throws: `CheckpointError`
    public init(index path: String, limits: PyTorchLimits = PyTorchLimits()) throws {
        name = path
        shardOfTensor = try Self.weightMap(path)
        tensorNames = shardOfTensor.keys.sorted()
        var shards: [String: any CheckpointSource] = [:]
        for (file, shardPath) in try Self.shards(shardOfTensor, of: path) {
            shards[file] = try WeightFile.stored(shardPath, limits)
        }
        self.shards = shards
        for (tensor, file) in shardOfTensor where shards[file]?.shape(of: tensor) == nil {
            throw CheckpointError.badIndex(file: path, fault: .tensorNotInShard(tensor: tensor, shard: file))
        }
        for (file, shard) in shards.sorted(by: { $0.key < $1.key }) {
            if let stray = shard.tensorNames.first(where: { shardOfTensor[$0] != file }) {
                throw CheckpointError.badIndex(file: path, fault: .tensorNotInIndex(tensor: stray, shard: file))
            }
        }
    }

    /// The paths of an index's shards, sorted, without opening them.
    ///
    /// - Throws: `CheckpointError` when the index is damaged or a shard is missing.
    public static func shardPaths(index path: String) throws -> [String] {
        try shards(weightMap(path), of: path).map(\.path)
    }

    private static func shards(
        _ weightMap: [String: String],
        of index: String
    ) throws -> [(file: String, path: String)] {
        let folder = (index as NSString).deletingLastPathComponent
        return try Set(weightMap.values).sorted().map { file in
            let path = (folder as NSString).appendingPathComponent(file)
            guard FileManager.default.fileExists(atPath: path) else {
                throw CheckpointError.badIndex(file: index, fault: .missingShard(file))
            }
            return (file, path)
        }
    }

    /// The first shard's: they all have the same writer.
    public var metadata: [String: String] { shards.min { $0.key < $1.key }?.value.metadata ?? [:] }
    public func shape(of name: String) -> [Int]? { shard(name)?.shape(of: name) }
    public func elementType(of name: String) -> ElementType? { shard(name)?.elementType(of: name) }
    public func tensor(_ name: String) throws -> Tensor { try existingShard(name).tensor(name) }
    public func integers(_ name: String) throws -> [Int] { try existingShard(name).integers(name) }

    private func shard(_ name: String) -> (any CheckpointSource)? { shardOfTensor[name].flatMap { shards[$0] } }

    private func existingShard(_ name: String) throws -> any CheckpointSource {
        if let shard = shard(name) { return shard }
        throw WeightsError.missing(name: name, source: self.name, nearest: nearestName(to: name, among: tensorNames))
    }

    // MARK: - The index

    private static let sizeLimit = 64 << 20
    private static let shardLimit = 1024

    private static func weightMap(_ path: String) throws -> [String: String] {
        let file = try MappedFile(path: path)
        guard file.count <= sizeLimit else {
            throw CheckpointError.badIndex(file: path, fault: .tooLarge(bytes: file.count, limit: sizeLimit))
        }
        var map: [String: String] = [:]
        do {
            try file.withBytes { bytes in
                var scanner = JSONScanner(bytes)
                try scanner.object { scanner, key in
                    guard key == "weight_map" else { return try scanner.skipValue() }
                    try scanner.object { scanner, tensor in map[tensor] = try scanner.string() }
                }
                try scanner.end()
            }
        } catch let fault as JSONFault {
            throw CheckpointError.badIndex(file: path, fault: .notJSON(byte: fault.offset, reason: fault.reason))
        }
        let shards = Set(map.values)
        guard !map.isEmpty else { throw CheckpointError.badIndex(file: path, fault: .empty) }
        guard shards.count <= shardLimit else {
            throw CheckpointError.badIndex(file: path, fault: .tooManyShards(count: shards.count, limit: shardLimit))
        }
        for shard in shards where !isPlainName(shard) {
            throw CheckpointError.badIndex(file: path, fault: .badShardName(shard))
        }
        return map
    }

    /// Shards lie beside their index: a name that leads elsewhere is refused.
    private static func isPlainName(_ name: String) -> Bool {
        [".safetensors", ".bin"].contains(where: name.hasSuffix) && !name.hasPrefix(".") && name.utf8.count <= 255
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    }
}

/// Why an index of shards is refused.
public enum ShardIndexFault: Error, Hashable, Sendable {
    case tooLarge(bytes: Int, limit: Int)
    case notJSON(byte: Int, reason: String)
    case empty
    case tooManyShards(count: Int, limit: Int)
    case badShardName(String)
    case missingShard(String)
    case tensorNotInShard(tensor: String, shard: String)
    case tensorNotInIndex(tensor: String, shard: String)
}

extension ShardIndexFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, over the limit of \(limit)"
        case .notJSON(let byte, let reason): "it is not valid at byte \(byte): \(reason)"
        case .empty: "it lists no tensors under weight_map"
        case .tooManyShards(let count, let limit): "it names \(count) files, over the limit of \(limit)"
        case .badShardName(let name):
            "it names the file \"\(name)\"; the parts are .safetensors or .bin files beside the index, named without a folder"
        case .missingShard(let name): "the part \(name) is missing beside it; download it too"
        case .tensorNotInShard(let tensor, let shard): "it says that \(shard) holds \(tensor), which it does not"
        case .tensorNotInIndex(let tensor, let shard): "\(shard) holds \(tensor), which it does not list there"
        }
    }
}
