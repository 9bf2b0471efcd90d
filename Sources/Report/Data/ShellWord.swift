import Recipes

/// Words as a shell reads them.
package enum ShellWord {
    /// A command that can be copied whatever its words hold: a word that is more than plain characters is quoted.
    package static func command(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { plain.contains($0) }
        guard !isPlain else { return word }
        guard word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return "'" + word.replacing("'", with: #"'\''"#) + "'"
        }
        // A line break in a copied command would run what stands before it.
        let escaped = word.utf8.map { byte in
            let isSafe = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
            let hex = String(byte, radix: 16)
            return isSafe ? String(UnicodeScalar(byte)) : "\\x" + (hex.count < 2 ? "0" : "") + hex
        }
        return "$'" + escaped.joined() + "'"
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%".unicodeScalars
    )
}
