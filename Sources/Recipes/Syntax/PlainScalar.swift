import Graph

/// What an unquoted scalar means, by the strict rules of recipes.
///
/// `true` and `false`; `null`, `~` and nothing; integers and decimal numbers as YAML 1.2 writes them, without leading
/// zeros. All else is text: `yes`, `on`, `no`, `True`, `1_000`, `0x10`, `007`, `1:30`, `.inf`, dates.
enum PlainScalar {
    static func value(of text: String) -> Value {
        switch text {
        case "", "~", "null": .null
        case "true": .bool(true)
        case "false": .bool(false)
        default: number(text) ?? .string(text)
        }
    }

    /// An integer or a decimal number; nil if `text` is not written as one.
    static func number(_ text: String) -> Value? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isDigit(first) || first == dot || first == plus || first == minus else {
            return nil
        }
        var i = first == plus || first == minus ? 1 : 0
        let whole = digits(bytes, &i)
        if whole.count > 1, bytes[whole.lowerBound] == zero { return nil }
        if i == bytes.count, !whole.isEmpty {
            // Beyond 128 bits only the magnitude can be kept; whoever needs an integer refuses it.
            return Int128(text).map(Value.integer) ?? .number(Double(text) ?? .infinity)
        }
        var fraction = 0..<0
        if i < bytes.count, bytes[i] == dot {
            i += 1
            fraction = digits(bytes, &i)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if i < bytes.count, bytes[i] | 0x20 == UInt8(ascii: "e") {
            i += 1
            if i < bytes.count, bytes[i] == plus || bytes[i] == minus { i += 1 }
            guard !digits(bytes, &i).isEmpty else { return nil }
        }
        guard i == bytes.count else { return nil }
        // Double("1e999") is infinity, which the checker of forms refuses by name.
        return .number(Double(text) ?? .infinity)
    }

    /// A fraction such as `1/255`, which stands for a number where one is asked for, and is text elsewhere; nil if `text` is
    /// not written as one.
    static func fraction(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let above = number(parts[0])?.plain, let below = number(parts[1])?.plain, below != 0
        else { return nil }
        let quotient = above / below
        return quotient.isFinite ? quotient : nil
    }

    private static let dot = UInt8(ascii: ".")
    private static let plus = UInt8(ascii: "+")
    private static let minus = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= UInt8(ascii: "9") }

    private static func digits(_ bytes: [UInt8], _ i: inout Int) -> Range<Int> {
        let start = i
        while i < bytes.count, isDigit(bytes[i]) { i += 1 }
        return start..<i
    }
}

extension Value {
    /// A number as such; nil for what is none.
    fileprivate var plain: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

/// A number as recipes write it, or a fraction such as `1/255`; nil for other text.
public func numberOrFraction(_ text: String) -> Double? {
    PlainScalar.number(text)?.plain.flatMap { $0.isFinite ? $0 : nil } ?? PlainScalar.fraction(text)
}
