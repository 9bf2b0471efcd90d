/// Opens weights of any format that is read here; the content tells which it is, not the file's name.
public enum WeightFile {
    /// - Returns: a safetensors file, several of them behind the index at `path` (its name ends in .json), or a PyTorch
    ///   file in the zip format or the one before.
    /// - Throws: `CheckpointError` that says what is wrong, or what the file is if it holds no weights.
    public static func open(_ path: String, limits: PyTorchLimits = PyTorchLimits()) throws -> any CheckpointSource {
        let kind = try MappedFile(path: path).withBytes { FileKind($0) }
        switch kind {
        case .zip, .pickle: return try PyTorchFile(path: path, limits: limits)
        case .json where isIndex(path): return try ShardedFile(index: path)
        default: break
        }
        do {
            return try SafetensorsFile(path: path)
        } catch CheckpointError.notSafetensors(let file, let found) {
            throw CheckpointError.notWeights(file: file, found: found)
        }
    }

    /// The other files that belong to the one at `path`: the shards of an index.
    ///
    /// - Throws: `CheckpointError` when the index is damaged.
    public static func companions(of path: String) throws -> [String] {
        isIndex(path) ? try ShardedFile.shardPaths(index: path) : []
    }

    private static func isIndex(_ path: String) -> Bool { path.hasSuffix(".json") }
}
