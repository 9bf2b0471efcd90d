import Tensors

/// A safetensors file as a source of weights. The file is mapped: opening it reads the header alone, and 32-bit floats
/// are used where they lie.
public final class SafetensorsFile: CheckpointSource {
    private let file: MappedFile
    private let header: SafetensorsHeader

    /// Opens a file and checks its header in full, before any tensor is read.
    ///
    /// - Throws: `CheckpointError` that says what is wrong, or what the file is if it is not safetensors.
    public init(path: String) throws {
        file = try MappedFile(path: path)
        header = try Self.header(of: file)
    }

    /// The file's path.
    public var name: String { file.path }
    /// The strings that its writer added.
    public var metadata: [String: String] { header.metadata }
    /// What the file holds, sorted by name.
    public var entries: [SafetensorsEntry] { header.entries }
    public var tensorNames: [String] { header.entries.map(\.name) }
    public func shape(of name: String) -> [Int]? { entry(name)?.shape }

    public func elementType(of name: String) -> ElementType? { entry(name)?.type }

    public func tensor(_ name: String) throws -> Tensor { try numbers(name).tensor(name, of: self.name) }
    public func integers(_ name: String) throws -> [Int] { try numbers(name).integers(name, of: self.name) }

    // MARK: - Reading

    private func entry(_ name: String) -> SafetensorsEntry? {
        var (low, high) = (0, header.entries.count)
        while low < high {
            let middle = (low + high) / 2
            if header.entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < header.entries.count && header.entries[low].name == name ? header.entries[low] : nil
    }

    private func existingEntry(_ name: String) throws -> SafetensorsEntry {
        if let entry = entry(name) { return entry }
        let nearest = nearestName(to: name, among: header.entries.lazy.map(\.name))
        throw WeightsError.missing(name: name, source: self.name, nearest: nearest)
    }

    private func numbers(_ name: String) throws -> StoredNumbers {
        let entry = try existingEntry(name)
        return file.numbers(
            UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]),
            type: entry.type,
            shape: entry.shape
        )
    }

    private static func header(of file: MappedFile) throws -> SafetensorsHeader {
        let bytes = file.bytes
        guard let length = SafetensorsHeader.statedLength(bytes), length <= bytes.count - SafetensorsHeader.lengthSize
        else { throw whyNoHeader(file) }
        do {
            guard length <= SafetensorsHeader.sizeLimit else {
                throw SafetensorsFault.headerTooLarge(bytes: length, limit: SafetensorsHeader.sizeLimit)
            }
            let start = SafetensorsHeader.lengthSize
            let header = try SafetensorsHeader(json: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
            guard header.fileSize <= bytes.count else {
                throw CheckpointError.truncated(file: file.path, needed: header.fileSize, found: bytes.count)
            }
            guard header.fileSize == bytes.count else {
                throw SafetensorsFault.trailingBytes(count: bytes.count - header.fileSize)
            }
            return header
        } catch let fault as SafetensorsFault {
            let kind = FileKind(bytes)
            throw fault.deniesFormat && kind != .unknown
                ? CheckpointError.notSafetensors(file: file.path, found: kind)
                : CheckpointError.damaged(file: file.path, fault: fault)
        }
    }

    /// The error for a file that cannot hold the header it seems to state.
    private static func whyNoHeader(_ file: MappedFile) -> CheckpointError {
        let bytes = file.bytes
        let start = SafetensorsHeader.lengthSize
        if let length = SafetensorsHeader.statedLength(bytes), length <= SafetensorsHeader.sizeLimit,
            bytes.count == start || bytes[start] == UInt8(ascii: "{")
        {
            return .truncated(file: file.path, needed: start + length, found: bytes.count)
        }
        return .notSafetensors(file: file.path, found: FileKind(bytes))
    }
}
