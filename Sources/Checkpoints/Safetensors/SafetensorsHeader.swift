/// Where one tensor lies in a safetensors file.
public struct SafetensorsEntry: Hashable, Sendable {
    public let name: String
    public let type: ElementType
    public let shape: [Int]
    /// In bytes from the start of the file.
    public let range: Range<Int>
}

/// What a safetensors file says about itself, checked in full: every byte of the data belongs to exactly one tensor.
///
/// The format and its limits: github.com/huggingface/safetensors, README. Stricter here than its library 0.8: a header
/// begins with `{`, no key comes twice, and a tensor has at most 16 dimensions.
struct SafetensorsHeader {
    /// Sorted by name.
    private(set) var entries: [SafetensorsEntry] = []
    private(set) var metadata: [String: String] = [:]
    /// Of the whole file, as the header has it.
    private(set) var fileSize = 0

    static let sizeLimit = 100_000_000
    static let rankLimit = 16
    /// The length of the header comes first, as a little-endian 64-bit number.
    static let lengthSize = 8

    /// The length that the file states for its header; nil if the file is too short to hold one or it is beyond Int.
    static func statedLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= lengthSize else { return nil }
        return Int(exactly: UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
    }

    /// - Parameter json: the header's bytes
    /// - Throws: `SafetensorsFault`
    init(json: UnsafeRawBufferPointer) throws {
        guard json.count >= 2 else { throw SafetensorsFault.headerTooShort(bytes: json.count) }
        guard json[0] == UInt8(ascii: "{") else {
            throw SafetensorsFault.header(byte: Self.lengthSize, reason: "it does not begin with {")
        }
        do {
            try parse(json)
        } catch let fault as JSONFault {
            throw SafetensorsFault.header(byte: Self.lengthSize + fault.offset, reason: fault.reason)
        }
        entries.sort { $0.name < $1.name }
        for (entry, next) in zip(entries, entries.dropFirst()) where entry.name == next.name {
            throw SafetensorsFault.sameName(entry.name)
        }
        fileSize = try checkCoverage(dataStart: Self.lengthSize + json.count)
    }

    private mutating func parse(_ json: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(json)
        var found: [SafetensorsEntry] = []
        var strings: [String: String] = [:]
        var metadataCount = 0
        try scanner.members { scanner, name, _ in
            if name == "__metadata__" {
                metadataCount += 1
                if scanner.acceptNull() { return }
                try scanner.object { scanner, key in strings[key] = try scanner.string() }
            } else {
                let dataStart = Self.lengthSize + json.count
                found.append(try Self.entry(name, &scanner, dataStart: dataStart, neighbour: found.last?.shape ?? []))
            }
        }
        try scanner.end()
        if metadataCount > 1 { throw SafetensorsFault.sameName("__metadata__") }
        entries = found
        metadata = strings
    }

    /// One tensor's type, shape and offsets; fields that are not known are passed over.
    ///
    /// - Parameter neighbour: a shape whose memory is shared if this tensor has the same
    private static func entry(
        _ name: String,
        _ scanner: inout JSONScanner,
        dataStart: Int,
        neighbour: [Int]
    ) throws -> SafetensorsEntry {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key in
            switch key {
            case "dtype":
                let word = try scanner.string()
                type = ElementType(rawValue: word)
                if type?.isQuantized ?? true { throw SafetensorsFault.unknownType(tensor: name, type: word) }
            case "shape":
                shape = try numbers(&scanner, of: name)
            case "data_offsets":
                offsets = try numbers(&scanner, of: name)
            default:
                try scanner.skipValue()
            }
        }
        guard let type else { throw SafetensorsFault.missingField(tensor: name, field: "dtype") }
        guard let shape else { throw SafetensorsFault.missingField(tensor: name, field: "shape") }
        guard let offsets, offsets.count == 2 else {
            throw SafetensorsFault.missingField(tensor: name, field: "two data_offsets")
        }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw SafetensorsFault.offsetsReversed(tensor: name, begin: begin, end: end) }
        let needed = end <= Int.max - dataStart ? type.byteCount(of: shape) : nil
        guard needed == end - begin else {
            throw SafetensorsFault.wrongSize(tensor: name, needed: needed, stated: end - begin)
        }
        return SafetensorsEntry(
            name: name,
            type: type,
            shape: shape == neighbour ? neighbour : shape,
            range: dataStart + begin..<dataStart + end
        )
    }

    private static func numbers(_ scanner: inout JSONScanner, of tensor: String) throws -> [Int] {
        var numbers: [Int] = []
        try scanner.array { scanner in
            guard numbers.count < rankLimit else {
                throw SafetensorsFault.tooManyDimensions(tensor: tensor, count: numbers.count + 1, limit: rankLimit)
            }
            numbers.append(try scanner.unsigned())
        }
        return numbers
    }

    /// Checks that the tensors follow each other without a hole or an overlap.
    ///
    /// - Returns: where the last one ends
    private func checkCoverage(dataStart: Int) throws -> Int {
        let order = entries.indices.sorted { i, j in
            let (a, b) = (entries[i].range, entries[j].range)
            return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
        }
        var end = dataStart
        for entry in order.lazy.map({ entries[$0] }) {
            let (begin, previousEnd) = (entry.range.lowerBound - dataStart, end - dataStart)
            if begin < previousEnd {
                throw SafetensorsFault.overlap(tensor: entry.name, begin: begin, previousEnd: previousEnd)
            }
            if begin > previousEnd {
                throw SafetensorsFault.hole(tensor: entry.name, begin: begin, previousEnd: previousEnd)
            }
            end = entry.range.upperBound
        }
        return end
    }
}
