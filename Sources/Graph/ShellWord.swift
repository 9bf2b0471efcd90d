/// A word of a shell's command line, quoted where that has to be, so that a command can be copied whatever its words hold.
public struct ShellWord: CustomStringConvertible, Sendable {
    public let description: String

    public init(_ word: String) {
        if !word.isEmpty, word.unicodeScalars.allSatisfy({ Self.plain.contains($0) }) {
            description = word
        } else if !word.unicodeScalars.contains(where: Self.isHidden) {
            description = "'" + word.replacing("'", with: #"'\''"#) + "'"
        } else {
            // A line break in a copied command would run what stands before it.
            description = "$'" + word.utf8.map(Self.escaped).joined() + "'"
        }
    }

    /// One in which the shell replaces `$NAMES`, and nothing else.
    public init(expanding word: String) {
        guard word.contains("$") else {
            self.init(word)
            return
        }
        var text = ""
        for character in word {
            if "\\\"`".contains(character) { text += "\\" }
            text.append(character)
        }
        self.init(quoted: "\"\(text.replacing("$(", with: "\\$("))\"")
    }

    private init(quoted: String) { description = quoted }

    /// A command.
    public static func line(_ words: [String]) -> String {
        words.map { ShellWord($0).description }.joined(separator: " ")
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%".unicodeScalars
    )

    /// What moves a cursor, ends a line, or turns the direction of what follows.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        let isSafe = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
        let hex = String(byte, radix: 16)
        return isSafe ? String(UnicodeScalar(byte)) : "\\x" + (hex.count < 2 ? "0" : "") + hex
    }
}
