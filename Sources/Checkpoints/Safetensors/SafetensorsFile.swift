import Kernels
import Tensors

/// A safetensors file as a source of weights. The file is mapped: opening it reads the header alone, and 32-bit floats
/// are used where they lie.
public final class SafetensorsFile: WeightSource {
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

    /// - Throws: `WeightsError` when it is missing or has another shape, `CheckpointError.notFloats` when it holds
    ///   something else than 32-bit or 16-bit floats.
    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let entry = try existingEntry(name)
        guard entry.shape == shape else {
            throw WeightsError.wrongShape(name: name, expected: shape, found: entry.shape, source: self.name)
        }
        return try floats(entry)
    }

    /// The tensor in whatever shape it has; F16 and BF16 are widened.
    ///
    /// - Throws: as `tensor(_:shape:initial:)`
    public func tensor(_ name: String) throws -> Tensor { try floats(existingEntry(name)) }

    /// The values of a tensor of integers or booleans, in row-major order.
    ///
    /// - Throws: `WeightsError.missing`, or `CheckpointError.notIntegers` when it holds something else, or numbers
    ///   beyond Int.
    public func integers(_ name: String) throws -> [Int] {
        let entry = try existingEntry(name)
        let data = bytes(of: entry)
        let values: [Int?]? =
            switch entry.type {
            case .bool, .u8: numbers(data, UInt8.self)
            case .i8: numbers(data, Int8.self)
            case .u16: numbers(data, UInt16.self)
            case .i16: numbers(data, Int16.self)
            case .u32: numbers(data, UInt32.self)
            case .i32: numbers(data, Int32.self)
            case .u64: numbers(data, UInt64.self)
            case .i64: numbers(data, Int64.self)
            default: nil
            }
        guard let values, !values.contains(nil) else {
            throw CheckpointError.notIntegers(tensor: name, type: entry.type, file: self.name)
        }
        return values.compactMap { $0 }
    }

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

    private func bytes(of entry: SafetensorsEntry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    }

    private func floats(_ entry: SafetensorsEntry) throws -> Tensor {
        let data = bytes(of: entry)
        guard entry.type == .f32 || entry.type == .f16 || entry.type == .bf16 else {
            throw CheckpointError.notFloats(tensor: entry.name, type: entry.type, file: name)
        }
        guard let start = data.baseAddress, !data.isEmpty else { return .zeros(entry.shape) }
        if entry.type == .f32, Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 {
            return Tensor(borrowing: start.assumingMemoryBound(to: Float.self), shape: entry.shape, owner: file)
        }
        let buffer = FloatBuffer(count: data.count / (entry.type.bits / 8))
        switch entry.type {
        case .f16: pk_from_f16(start, buffer.base, buffer.count)
        case .bf16: pk_from_bf16(start, buffer.base, buffer.count)
        default: UnsafeMutableRawPointer(buffer.base).copyMemory(from: start, byteCount: data.count)
        }
        return Tensor(borrowing: buffer.base, shape: entry.shape, owner: buffer)
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

private func numbers<Number: FixedWidthInteger>(_ data: UnsafeRawBufferPointer, _ type: Number.Type) -> [Int?] {
    stride(from: 0, to: data.count, by: MemoryLayout<Number>.size).map { offset in
        Int(exactly: Number(littleEndian: data.loadUnaligned(fromByteOffset: offset, as: Number.self)))
    }
}
