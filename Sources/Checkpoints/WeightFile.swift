/// Opens weights of any format that is read here; the content tells which it is, not the file's name.
public enum WeightFile {
    /// - Returns: a safetensors file, several of them behind the index at `path` (named `*.index.json`), a GGUF file, or a
    ///   PyTorch file in the zip format or the one before; 8-bit floats with the scales beside them applied.
    /// - Throws: `CheckpointError` that says what is wrong, or what the file is if it holds no weights.
    public static func open(_ path: String, limits: PyTorchLimits = PyTorchLimits()) throws -> any CheckpointSource {
        let file = try stored(path, limits)
        return ScaledWeights(file) ?? file
    }

    /// With every tensor that is in it, as it is.
    static func stored(_ path: String, _ limits: PyTorchLimits) throws -> any CheckpointSource {
        let kind = try MappedFile(path: path).withBytes { FileKind($0) }
        switch kind {
        case .zip, .pickle: return try PyTorchFile(path: path, limits: limits)
        case .gguf: return try GGUFFile(path: path)
        case .json where isIndex(path): return try ShardedFile(index: path, limits: limits)
        default: break
        }
        do {
            return try SafetensorsFile(path: path)
        } catch CheckpointError.notSafetensors(let file, let found) {
            throw CheckpointError.notWeights(file: file, found: found)
        }
    }

    /// The other files that are read with the one at `path`, whatever it is: the shards of an index.
    ///
    /// - Throws: `CheckpointError` when the index is damaged or a shard is missing.
    public static func companions(of path: String) throws -> [String] {
        isIndex(path) ? try ShardedFile.shardPaths(index: path) : []
    }

    /// `model.safetensors.index.json`, also with a variant: `model.safetensors.index.fp16.json`.
    private static func isIndex(_ path: String) -> Bool {
        // Most files, such as the photos of a sweep, are plainly none.
        guard path.utf8.suffix(5).elementsEqual(".json".utf8) else { return false }
        let parts = path.split(separator: "/").last?.split(separator: ".") ?? []
        return parts.last == "json" && parts.contains("index")
    }
}
