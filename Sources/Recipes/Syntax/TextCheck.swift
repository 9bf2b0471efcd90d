import Graph

/// What must hold of a recipe's bytes before YAML is read from them: size, encoding, and only characters that YAML
/// allows. libyaml would stop at these too, but cannot say where.
struct TextCheck {
    /// Far more than anyone writes by hand.
    static let largestFile = 1 << 20

    let source: SourceText
    /// What the file is, in messages.
    var noun = "recipe"
    let diagnostics: DiagnosticCollector

    /// Whether the recipe can be read on.
    func passes() -> Bool {
        guard source.bytes.count <= Self.largestFile else {
            diagnostics.error(
                "the recipe is larger than 1 MiB",
                at: SourceLocation(file: source.name, line: 0, column: 0),
                hint: "is this file a recipe? If so, split it with `include:`"
            )
            return false
        }
        return isText()
    }

    /// Whether all of it is characters that YAML allows.
    func isText() -> Bool {
        let bytes = source.bytes
        let start = SourceLocation(file: source.name, line: 0, column: 0)
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            diagnostics.error(
                "this is a picture, not a \(noun)",
                at: start,
                hint: noun == "recipe"
                    ? "`pulid-run import` makes a recipe of a picture of ours, ComfyUI's or A1111's; `pulid-run replay` makes ours again"
                    : nil
            )
            return false
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            diagnostics.error("the \(noun) is encoded in UTF-16", at: start, hint: "save it as UTF-8")
            return false
        }
        var i = 0
        while i < bytes.count {
            guard let (scalar, width) = Self.decode(bytes, at: i) else {
                diagnostics.error(
                    "the byte 0x\(String(bytes[i], radix: 16, uppercase: true)) is not valid UTF-8",
                    at: source.location(ofByte: i),
                    hint: "save the \(noun) as UTF-8"
                )
                return false
            }
            guard Self.isAllowed(scalar) else {
                let digits = String(scalar, radix: 16, uppercase: true)
                let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                diagnostics.error(
                    "the character \(name) is not allowed in \(noun == "recipe" ? "YAML" : "a text")",
                    at: source.location(ofByte: i),
                    hint: noun == "recipe" ? "delete it, or write it as an escape in double quotes" : "delete it"
                )
                return false
            }
            i += width
        }
        return true
    }

    /// One code point of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
    private static func decode(_ bytes: [UInt8], at i: Int) -> (scalar: UInt32, width: Int)? {
        let first = bytes[i]
        if first < 0x80 { return (UInt32(first), 1) }
        let width = first & 0xE0 == 0xC0 ? 2 : first & 0xF0 == 0xE0 ? 3 : first & 0xF8 == 0xF0 ? 4 : 0
        guard width > 0, i + width <= bytes.count else { return nil }
        var scalar = UInt32(first) & (0x7F >> UInt32(width))
        for byte in bytes[i + 1..<i + width] {
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let smallest: UInt32 = width == 2 ? 0x80 : width == 3 ? 0x800 : 0x10000
        guard scalar >= smallest, Unicode.Scalar(scalar) != nil else { return nil }
        return (scalar, width)
    }

    /// YAML 1.1, production c-printable, as libyaml has it.
    private static func isAllowed(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
            true
        default: false
        }
    }
}
