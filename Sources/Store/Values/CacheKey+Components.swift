import Graph

extension CacheKey {
    /// The components as one text, for the day the key no longer matches and somebody asks why.
    var storedComponents: String {
        components.map { "\($0.name)\t\(Self.escaped($0.text))" }.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") }) else { return text }
        return text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}

/// A key's components, read back.
public struct KeyComponents: Hashable, Sendable {
    /// In the order of `CacheKey.components`.
    public let parts: [Part]

    public struct Part: Hashable, Sendable {
        public let name: String
        public let text: String
    }

    public init(_ key: CacheKey) { parts = key.components.map { Part(name: $0.name, text: $0.text) } }

    init(stored text: String) {
        parts = text.split(separator: "\n").compactMap { line in
            guard let tab = line.firstIndex(of: "\t") else { return nil }
            let value = line[line.index(after: tab)...]
            return Part(name: String(line[..<tab]), text: Self.unescaped(value))
        }
    }

    public subscript(name: String) -> String? { parts.first { $0.name == name }?.text }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var isEscape = false
        for character in text {
            if isEscape {
                result.append(character == "n" ? "\n" : character)
                isEscape = false
            } else if character == "\\" {
                isEscape = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
