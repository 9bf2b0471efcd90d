/// What is wrong with a JSON text, and where.
public struct JSONProblem: Error, Hashable, Sendable {
    /// From 1.
    public let line: Int
    /// In bytes, from 1.
    public let column: Int
    public let reason: String
}

extension JSONProblem: CustomStringConvertible {
    public var description: String { "line \(line), column \(column): \(reason)" }
}

extension Value {
    /// A JSON text of somebody else's, by RFC 8259; NaN and Infinity are numbers, as Python writes them.
    ///
    /// - Parameters:
    ///   - deepest: how far lists and mappings may lie in each other
    ///   - most: how many values there may be in all
    /// - Throws: `JSONProblem`, also where a key comes twice.
    public static func parsed(json bytes: [UInt8], deepest: Int = 64, most: Int = 200_000) throws(JSONProblem) -> Value
    {
        var parser = JSONParser(bytes: bytes, deepest: deepest, left: most)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.problem("something follows the end") }
        return value
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    let deepest: Int
    /// How many values may still come.
    var left: Int
    var offset = 0

    func problem(_ reason: String) -> JSONProblem {
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return JSONProblem(line: line, column: before.count - lineStart + 1, reason: reason)
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func value(depth: Int) throws(JSONProblem) -> Value {
        skipSpace()
        left -= 1
        guard left >= 0 else { throw problem("there are too many values") }
        guard depth <= deepest else { throw problem("lists and mappings lie more than \(deepest) deep") }
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case nil: throw problem("the text ends here")
        default: return try word()
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> Value {
        offset += 1
        var members: [String: Value] = [:]
        if accept(UInt8(ascii: "}")) { return .map(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw problem("a key in quotes is expected") }
            let start = offset
            let key = try string()
            guard members[key] == nil else {
                offset = start
                throw problem("the key \(Value.string(key).json) comes twice")
            }
            guard accept(UInt8(ascii: ":")) else { throw problem("a colon is expected") }
            members[key] = try value(depth: depth + 1)
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "}")) else { throw problem("a comma or } is expected") }
        return .map(members)
    }

    private mutating func list(depth: Int) throws(JSONProblem) -> Value {
        offset += 1
        var items: [Value] = []
        if accept(UInt8(ascii: "]")) { return .list(items) }
        repeat { items.append(try value(depth: depth + 1)) } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "]")) else { throw problem("a comma or ] is expected") }
        return .list(items)
    }

    /// A number, or one of the words.
    private mutating func word() throws(JSONProblem) -> Value {
        let start = offset
        while let byte = peek, byte > 0x20, !"{}[],:\"".utf8.contains(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "NaN": return .number(.nan)
        case "Infinity": return .number(.infinity)
        case "-Infinity": return .number(-.infinity)
        default: break
        }
        if text.wholeMatch(of: /-?(0|[1-9][0-9]*)/) != nil {
            return Int128(text).map { .integer($0) } ?? .number(Double(text) ?? .infinity)
        }
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil, let number = Double(text)
        else {
            offset = start
            throw problem("a value is expected")
        }
        return .number(number)
    }

    private mutating func string() throws(JSONProblem) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw problem("a text goes over the end of its line") }
            offset += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            text += try Array(String(Character(escaped())).utf8)
        }
        guard peek != nil else { throw problem("a text has no end") }
        guard let result = String(validating: text, as: UTF8.self) else { throw problem("a text is not UTF-8") }
        offset += 1
        return result
    }

    /// What follows a backslash.
    private mutating func escaped() throws(JSONProblem) -> Unicode.Scalar {
        guard let byte = peek else { throw problem("a text has no end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
            // The second half of a pair.
            guard bytes[offset...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
            offset += 2
            let second = try hexadecimal()
            guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
            return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
        default:
            offset -= 1
            throw problem("no such escape")
        }
    }

    private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
        let digits = bytes[offset..<min(offset + 4, bytes.count)]
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else {
            throw problem("four hexadecimal digits are expected")
        }
        offset += 4
        return value
    }
}
