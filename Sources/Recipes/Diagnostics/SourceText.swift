import Graph

/// The text of one file of a recipe, and where its relative paths start.
public struct SourceText: Sendable {
    /// As the user named it, or as an `include` led to it.
    public let name: String
    /// The absolute folder from which paths written in this file start.
    public let folder: String
    /// UTF-8 without a byte order mark; it may be damaged.
    public let bytes: [UInt8]

    public init(name: String, folder: String, bytes: [UInt8]) {
        self.name = name
        self.folder = folder
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    }

    /// The lines as YAML counts them: ended by LF, CR, CR LF, NEL, LS or PS.
    public var lines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var i = 0
        while i < bytes.count {
            let width = breakWidth(at: i)
            guard width > 0 else {
                i += 1
                continue
            }
            lines.append(bytes[start..<i])
            i += width
            start = i
        }
        lines.append(bytes[start...])
        return lines
    }

    /// How many bytes the line break at `i` takes; 0 where there is none.
    private func breakWidth(at i: Int) -> Int {
        switch bytes[i] {
        case 0x0A: 1
        case 0x0D: i + 1 < bytes.count && bytes[i + 1] == 0x0A ? 2 : 1
        case 0xC2: i + 1 < bytes.count && bytes[i + 1] == 0x85 ? 2 : 0
        case 0xE2:
            i + 2 < bytes.count && bytes[i + 1] == 0x80 && (bytes[i + 2] == 0xA8 || bytes[i + 2] == 0xA9) ? 3 : 0
        default: 0
        }
    }

    /// The place of the byte at `offset`, for problems that come before the text can be read as YAML.
    func location(ofByte offset: Int) -> SourceLocation {
        var line = 1
        var start = 0
        var i = 0
        while i < offset {
            let width = breakWidth(at: i)
            i += max(width, 1)
            if width > 0 {
                line += 1
                start = i
            }
        }
        let before = String(decoding: bytes[min(start, offset)..<offset], as: UTF8.self)
        return SourceLocation(file: name, line: line, column: before.unicodeScalars.count + 1)
    }
}

/// Every file that was read for a recipe, by its name in locations.
public struct RecipeSources: Sendable {
    public private(set) var texts: [String: SourceText] = [:]

    public init() {}

    public subscript(file: String) -> SourceText? { texts[file] }

    mutating func add(_ text: SourceText) { texts[text.name] = text }
}
