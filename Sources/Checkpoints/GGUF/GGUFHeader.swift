/// Where one tensor lies in a GGUF file.
struct GGUFEntry: Hashable, Sendable {
    let type: ElementType
    /// The slowest dimension first, as everywhere but in the file.
    let shape: [Int]
    /// In bytes from the start of the file.
    let range: Range<Int>
}

/// What a GGUF file of version 2 or 3 says about itself, checked in full.
///
/// ggml: docs/gguf.md, src/gguf.cpp. Stricter here: no key comes twice, and tensors may not overlap.
struct GGUFHeader {
    private(set) var entries: [String: GGUFEntry] = [:]
    /// The texts and the numbers among the values.
    private(set) var metadata: [String: String] = [:]
    /// What `comfy.gguf.orig_shape.<tensor>` says: the shape of a tensor that its writer cut into rows of whole blocks.
    private var originalShapes: [String: [Int]] = [:]

    static let sizeLimit = 100_000_000
    private static let originalShapeKey = "comfy.gguf.orig_shape."
    private static let architectureKey = "general.architecture"
    private static let alignmentKey = "general.alignment"
    private static let alignmentLimit = 1 << 16
    private static let rankLimit = 4
    private static let originalRankLimit = 16
    /// In bytes.
    private static let nameLimit = 1024

    /// - Parameter bytes: the whole file, which begins with "GGUF"
    /// - Throws: `GGUFFault`
    init(_ bytes: UnsafeRawBufferPointer) throws {
        var cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.sizeLimit)))
        do {
            try read(&cursor, fileSize: bytes.count)
        } catch is ByteCursor.End {
            throw bytes.count > Self.sizeLimit ? GGUFFault.tooLarge(limit: Self.sizeLimit) : GGUFFault.cutShort
        }
    }

    private mutating func read(_ cursor: inout ByteCursor, fileSize: Int) throws {
        _ = try cursor.take(4)
        let version = try cursor.number(UInt32.self)
        guard (2...3).contains(version) else { throw GGUFFault.version(version) }
        let (tensorCount, valueCount) = (try cursor.size(UInt64.self), try cursor.size(UInt64.self))
        var keys: Set<String> = []
        var alignment = 32
        for _ in 0..<valueCount {
            let key = try text(&cursor)
            guard keys.insert(key).inserted else { throw GGUFFault.sameName(key) }
            if let number = try value(&cursor, of: key), key == Self.alignmentKey { alignment = number }
        }
        guard alignment > 0, alignment <= Self.alignmentLimit, alignment & (alignment - 1) == 0 else {
            throw GGUFFault.alignment(alignment)
        }
        var stated: [(name: String, type: ElementType, shape: [Int], offset: Int)] = []
        for _ in 0..<tensorCount {
            let name = try text(&cursor)
            guard name.utf8.count <= Self.nameLimit else { throw GGUFFault.nameTooLong(limit: Self.nameLimit) }
            let shape = try shape(&cursor, of: name)
            let code = try cursor.number(UInt32.self)
            guard let type = ElementType(ggml: code) else { throw GGUFFault.type(tensor: name, code: code) }
            stated.append((name, type, shape, try cursor.size(UInt64.self)))
        }
        let start = (cursor.offset + alignment - 1) / alignment * alignment
        for tensor in stated {
            guard tensor.offset % alignment == 0 else { throw GGUFFault.unaligned(tensor: tensor.name) }
            // Rows are whole blocks, whatever shape the tensor had before.
            guard (tensor.shape.last ?? 1) % tensor.type.block.elements == 0,
                let size = tensor.type.byteCount(of: tensor.shape)
            else { throw GGUFFault.size(tensor: tensor.name) }
            let (begin, over) = start.addingReportingOverflow(tensor.offset)
            let (end, overEnd) = begin.addingReportingOverflow(size)
            guard !over, !overEnd else { throw GGUFFault.size(tensor: tensor.name) }
            guard end <= fileSize else { throw GGUFFault.beyondFile(tensor: tensor.name, end: end) }
            let shape = try original(tensor.shape, of: tensor.name)
            let entry = GGUFEntry(type: tensor.type, shape: shape, range: begin..<end)
            guard entries.updateValue(entry, forKey: tensor.name) == nil else { throw GGUFFault.sameName(tensor.name) }
        }
        try checkOverlaps()
        if metadata[Self.architectureKey] == nil, StableDiffusionCppNames.areAmong(entries.keys) { try rename() }
    }

    private mutating func rename() throws {
        entries = try entries.reduce(into: [:]) { renamed, entry in
            let name = StableDiffusionCppNames.original(entry.key)
            guard renamed.updateValue(entry.value, forKey: name) == nil else { throw GGUFFault.sameName(name) }
        }
    }

    // MARK: - Values

    private func text(_ cursor: inout ByteCursor) throws -> String {
        guard let text = String(validating: try cursor.take(cursor.size(UInt64.self)), as: UTF8.self) else {
            throw GGUFFault.notText
        }
        return text
    }

    /// Notes what a key stands for, as far as it is of use.
    ///
    /// - Returns: a whole number, where it is one
    private mutating func value(_ cursor: inout ByteCursor, of key: String) throws -> Int? {
        let code = try cursor.number(UInt32.self)
        switch code {
        case 8:
            metadata[key] = try text(&cursor)
            return nil
        case 9:
            try array(&cursor, of: key)
            return nil
        default:
            let (words, number) = try scalar(&cursor, code, of: key)
            metadata[key] = words
            return number
        }
    }

    private func scalar(
        _ cursor: inout ByteCursor,
        _ code: UInt32,
        of key: String
    ) throws -> (words: String, number: Int?) {
        func whole<Number: FixedWidthInteger>(_ type: Number.Type) throws -> (String, Int?) {
            let number = try cursor.number(type)
            return ("\(number)", Int(exactly: number))
        }
        switch code {
        case 0: return try whole(UInt8.self)
        case 1: return try whole(Int8.self)
        case 2: return try whole(UInt16.self)
        case 3: return try whole(Int16.self)
        case 4: return try whole(UInt32.self)
        case 5: return try whole(Int32.self)
        case 6: return ("\(Float(bitPattern: try cursor.number(UInt32.self)))", nil)
        case 7: return (try cursor.number(UInt8.self) == 0 ? "false" : "true", nil)
        case 10: return try whole(UInt64.self)
        case 11: return try whole(Int64.self)
        case 12: return ("\(Double(bitPattern: try cursor.number(UInt64.self)))", nil)
        default: throw GGUFFault.valueType(key: key, code: code)
        }
    }

    private mutating func array(_ cursor: inout ByteCursor, of key: String) throws {
        let (code, count) = (try cursor.number(UInt32.self), try cursor.size(UInt64.self))
        if key.hasPrefix(Self.originalShapeKey) {
            guard count <= Self.originalRankLimit else { throw GGUFFault.originalShape(key) }
            let tensor = String(key.dropFirst(Self.originalShapeKey.count))
            originalShapes[tensor] = try (0..<count).map { _ in
                guard let size = try scalar(&cursor, code, of: key).number, size >= 0 else {
                    throw GGUFFault.originalShape(key)
                }
                return size
            }
        } else if code == 8 {
            for _ in 0..<count { _ = try cursor.take(cursor.size(UInt64.self)) }
        } else {
            let sizes: [UInt32: Int] = [0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8]
            guard let size = sizes[code] else { throw GGUFFault.valueType(key: key, code: code) }
            let (bytes, over) = count.multipliedReportingOverflow(by: size)
            guard !over else { throw ByteCursor.End() }
            _ = try cursor.take(bytes)
        }
    }

    // MARK: - Tensors

    private func shape(_ cursor: inout ByteCursor, of name: String) throws -> [Int] {
        let rank = Int(try cursor.number(UInt32.self))
        guard rank <= Self.rankLimit else { throw GGUFFault.rank(tensor: name, rank: rank, limit: Self.rankLimit) }
        return try (0..<rank).map { _ in try cursor.size(UInt64.self) }.reversed()
    }

    /// The shape that a tensor had before it was written.
    ///
    /// ComfyUI-GGUF: loader.py::gguf_sd_loader. stable-diffusion.cpp, which names no architecture, makes matrices of a
    /// UNet 1x1 convolutions.
    private func original(_ shape: [Int], of name: String) throws -> [Int] {
        if let original = originalShapes[name] {
            guard ElementType.u8.byteCount(of: original) == ElementType.u8.byteCount(of: shape) else {
                throw GGUFFault.originalShape(name)
            }
            return original
        }
        guard metadata[Self.architectureKey] == nil, shape.count == 4, shape[2...] == [1, 1],
            [".proj_in.weight", ".proj_out.weight"].contains(where: name.hasSuffix)
        else { return shape }
        return Array(shape.prefix(2))
    }

    private func checkOverlaps() throws {
        let order = entries.sorted { a, b in
            let (a, b) = (a.value.range, b.value.range)
            return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
        }
        for (entry, next) in zip(order, order.dropFirst())
        where next.value.range.lowerBound < entry.value.range.upperBound {
            throw GGUFFault.overlap(tensor: next.key)
        }
    }
}

extension ElementType {
    /// ggml: include/ggml.h::ggml_type
    fileprivate init?(ggml code: UInt32) {
        switch code {
        case 0: self = .f32
        case 1: self = .f16
        case 2: self = .q4_0
        case 3: self = .q4_1
        case 6: self = .q5_0
        case 7: self = .q5_1
        case 8: self = .q8_0
        case 12: self = .q4k
        case 13: self = .q5k
        case 14: self = .q6k
        case 24: self = .i8
        case 25: self = .i16
        case 26: self = .i32
        case 27: self = .i64
        case 28: self = .f64
        case 30: self = .bf16
        default: return nil
        }
    }
}
