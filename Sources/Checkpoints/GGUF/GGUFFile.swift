import Tensors

/// A GGUF file as a source of weights. The file is mapped: opening it reads the header alone, and products read blocks where
/// they lie.
public final class GGUFFile: CheckpointSource {
    private let file: MappedFile
    private let header: GGUFHeader
    public let tensorNames: [String]

    /// Opens a file and checks its header in full, before any tensor is read.
    ///
    /// - Throws: `CheckpointError` that says what is wrong, or what the file is if it is not GGUF.
    public init(path: String) throws {
        file = try MappedFile(path: path)
        let kind = FileKind(file.bytes)
        guard kind == .gguf else { throw CheckpointError.notWeights(file: path, found: kind) }
        do {
            header = try GGUFHeader(file.bytes)
        } catch let fault as GGUFFault {
            throw CheckpointError.badGGUF(file: path, fault: fault)
        }
        tensorNames = header.entries.keys.sorted()
    }

    /// The file's path.
    public var name: String { file.path }
    /// The texts and the numbers that its writer added.
    public var metadata: [String: String] { header.metadata }
    public func shape(of name: String) -> [Int]? { header.entries[name]?.shape }
    public func elementType(of name: String) -> ElementType? { header.entries[name]?.type }

    public func tensor(_ name: String) throws -> Tensor { try numbers(name).tensor(name, of: self.name) }
    public func integers(_ name: String) throws -> [Int] { try numbers(name).integers(name, of: self.name) }

    private func numbers(_ name: String) throws -> StoredNumbers {
        guard let entry = header.entries[name] else {
            throw WeightsError.missing(
                name: name,
                source: self.name,
                nearest: nearestName(to: name, among: tensorNames)
            )
        }
        return file.numbers(
            UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]),
            type: entry.type,
            shape: entry.shape
        )
    }
}
