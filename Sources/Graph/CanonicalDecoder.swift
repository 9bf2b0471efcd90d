/// Reads back what `CanonicalEncoder` wrote, from bytes that may be damaged.
struct CanonicalDecoder {
    private let bytes: Bytes
    private var position: Int
    private let maximumDepth = 64

    init(_ bytes: Bytes, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func value(depth: Int = 0) throws -> Value {
        guard depth < maximumDepth else { throw RecordCoder.DecodingError.malformed }
        switch try byte() {
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "b"):
            let flag = try byte()
            guard flag <= 1 else { throw RecordCoder.DecodingError.malformed }
            return .bool(flag == 1)
        case UInt8(ascii: "i"):
            guard let value = Int128(try text()) else { throw RecordCoder.DecodingError.malformed }
            return .integer(value)
        case UInt8(ascii: "d"): return .number(Double(bitPattern: try fixed()))
        case UInt8(ascii: "s"): return .string(try text())
        case UInt8(ascii: "l"):
            let count = try length()
            var values: [Value] = []
            for _ in 0..<count { values.append(try value(depth: depth + 1)) }
            return .list(values)
        case UInt8(ascii: "m"):
            let count = try length()
            var values: [String: Value] = [:]
            for _ in 0..<count {
                guard try byte() == UInt8(ascii: "k") else { throw RecordCoder.DecodingError.malformed }
                let key = try text()
                guard values.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                    throw RecordCoder.DecodingError.malformed
                }
            }
            return .map(values)
        default: throw RecordCoder.DecodingError.malformed
        }
    }

    mutating func data() throws -> Bytes {
        guard try byte() == UInt8(ascii: "x") else { throw RecordCoder.DecodingError.malformed }
        let count = try length()
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw RecordCoder.DecodingError.truncated }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func fixed() throws -> UInt64 {
        guard bytes.count - position >= 8 else { throw RecordCoder.DecodingError.truncated }
        defer { position += 8 }
        return (0..<8).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
    }

    /// A count that the remaining bytes can still hold: each item takes at least one byte.
    private mutating func length() throws -> Int {
        guard let count = Int(exactly: try fixed()), count <= bytes.count - position else {
            throw RecordCoder.DecodingError.truncated
        }
        return count
    }

    private mutating func text() throws -> String {
        let count = try length()
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw RecordCoder.DecodingError.malformed
        }
        position += count
        return text
    }
}
