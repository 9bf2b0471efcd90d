/// What is wrong with a JSON text, and at which byte.
package struct JSONFault: Error, Hashable {
    package let offset: Int
    /// Reads as a sentence's end: "expected a string".
    package let reason: String
}

/// Reads JSON from left to right, by RFC 8259 and no looser, without building a tree.
///
/// It exists because Foundation's decoder keeps the last of two equal keys and says nothing: two readers could then see
/// different tensors in one file.
package struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private static let maximumDepth = 64
    private let takesNonNumbers: Bool

    /// - Parameters:
    ///   - bytes: must stay valid while the scanner is used
    ///   - withNonNumbers: Infinity, -Infinity and NaN are values, as Python writes them
    package init(_ bytes: UnsafeRawBufferPointer, withNonNumbers: Bool = false) {
        self.bytes = bytes
        takesNonNumbers = withNonNumbers
    }

    /// Reads an object; `member` is called with each key and must read its value.
    ///
    /// - Throws: `JSONFault`, also when a key comes twice; what `member` throws.
    package mutating func object(_ member: (inout JSONScanner, String) throws -> Void) throws {
        var keys: Set<String> = []
        try members { scanner, key, start in
            guard keys.insert(key).inserted else { throw scanner.fault("the key \"\(key)\" comes twice", at: start) }
            try member(&scanner, key)
        }
    }

    /// Reads an object that may have millions of keys; that none comes twice is for the caller to see to. `member` also
    /// gets the offset of the key.
    package mutating func members(_ member: (inout JSONScanner, String, Int) throws -> Void) throws {
        try expect("{", "an object")
        if accept("}") { return }
        repeat {
            skipSpace()
            let start = offset
            let key = try string()
            try expect(":", "a colon after a key")
            try member(&self, key, start)
        } while accept(",")
        try expect("}", "a comma or the object's end")
    }

    /// Reads an array; `element` must read one element at each call.
    package mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
        try expect("[", "an array")
        if accept("]") { return }
        repeat { try element(&self) } while accept(",")
        try expect("]", "a comma or the array's end")
    }

    /// Reads a whole number of at least zero, written without a fraction or an exponent.
    package mutating func unsigned() throws -> Int {
        skipSpace()
        let start = offset
        var value = 0
        while let digit = peek(), (0x30...0x39).contains(digit) {
            let (tens, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
            guard !over, !carry else { throw fault("the number is too large", at: start) }
            value = sum
            offset += 1
        }
        let length = offset - start
        let continues = peek().map { ".eE".utf8.contains($0) } ?? false
        guard length > 0, !continues, length == 1 || bytes[start] != 0x30 else {
            throw fault("expected a whole number of at least 0", at: start)
        }
        return value
    }

    package mutating func string() throws -> String {
        try expect("\"", "a string")
        let start = offset
        while let byte = peek(), byte != 0x22, byte != 0x5c, byte >= 0x20 { offset += 1 }
        guard peek() == 0x22 else { return try escapedString(from: start) }
        let text = String(validating: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        guard let text else { throw fault("the string is not UTF-8", at: start) }
        offset += 1
        return text
    }

    /// Reads `null` if it comes next.
    package mutating func acceptNull() -> Bool {
        skipSpace()
        return acceptWord("null")
    }

    package mutating func boolean() throws -> Bool {
        skipSpace()
        if acceptWord("true") { return true }
        if acceptWord("false") { return false }
        throw fault("expected true or false", at: offset)
    }

    /// Whether an array comes next.
    package mutating func nextIsArray() -> Bool {
        skipSpace()
        return peek() == UInt8(ascii: "[")
    }

    /// Reads any value and forgets it.
    package mutating func skipValue() throws { try skipValue(depth: 0) }

    /// - Throws: `JSONFault` if anything but white space is left.
    package mutating func end() throws {
        skipSpace()
        if offset < bytes.count { throw fault("there is more text after the end", at: offset) }
    }

    // MARK: - Parts

    private mutating func skipValue(depth: Int) throws {
        skipSpace()
        guard depth < Self.maximumDepth else { throw fault("it is nested too deeply", at: offset) }
        switch peek() {
        case UInt8(ascii: "{"): try object { scanner, _ in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["): try array { scanner in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            if acceptWord("true") || acceptWord("false") || acceptWord("null") { return }
            try skipNumber()
        }
    }

    private mutating func skipNumber() throws {
        let start = offset
        _ = acceptWord("-")
        if takesNonNumbers, acceptWord("Infinity") || acceptWord("NaN") { return }
        let whole = skipDigits()
        guard whole == 1 || (whole > 1 && bytes[offset - whole] != 0x30) else {
            throw fault("expected a value", at: start)
        }
        if acceptWord("."), skipDigits() == 0 { throw fault("expected digits after the point", at: offset) }
        if acceptWord("e") || acceptWord("E") {
            if !acceptWord("+") { _ = acceptWord("-") }
            if skipDigits() == 0 { throw fault("expected digits of an exponent", at: offset) }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = peek(), (0x30...0x39).contains(byte) { offset += 1 }
        return offset - start
    }

    /// The rest of a string that holds an escape, or is broken.
    private mutating func escapedString(from start: Int) throws -> String {
        var text = Array(bytes[start..<offset])
        while true {
            guard let byte = peek() else { throw fault("the string does not end", at: start - 1) }
            guard byte >= 0x20 else { throw fault("a control character in a string", at: offset) }
            offset += 1
            if byte == 0x22 { break }
            if byte == 0x5c { text += try escape() } else { text.append(byte) }
        }
        guard let valid = String(validating: text, as: UTF8.self) else {
            throw fault("the string is not UTF-8", at: start)
        }
        return valid
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
    ]

    /// What follows a backslash, as UTF-8.
    private mutating func escape() throws -> [UInt8] {
        let start = offset - 1
        guard let byte = peek() else { throw fault("the string does not end", at: start) }
        offset += 1
        if let simple = Self.simpleEscapes[byte] { return [simple] }
        guard byte == UInt8(ascii: "u") else { throw fault("an unknown escape", at: start) }
        var code = try fourHexDigits()
        if (0xd800..<0xdc00).contains(code), acceptWord("\\u") {
            let low = try fourHexDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw fault("half a surrogate pair", at: start) }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair", at: start) }
        return Array(String(scalar).utf8)
    }

    private mutating func fourHexDigits() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("expected four hexadecimal digits", at: offset)
            }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { offset += 1 }
    }

    private mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: symbol) else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ symbol: Unicode.Scalar, _ what: String) throws {
        if !accept(symbol) { throw fault("expected \(what)", at: offset) }
    }

    private mutating func acceptWord(_ word: String) -> Bool {
        let end = offset + word.utf8.count
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(word.utf8) else { return false }
        offset = end
        return true
    }

    private func fault(_ reason: String, at offset: Int) -> JSONFault { JSONFault(offset: offset, reason: reason) }
}
