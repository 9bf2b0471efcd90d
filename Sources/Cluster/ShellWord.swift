/// A word of a shell's command line, quoted where that has to be.
struct ShellWord: CustomStringConvertible {
    let description: String

    init(_ word: String) {
        let plain = word.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar)
                || "_-./:=,+@%".unicodeScalars.contains(scalar)
        }
        description = plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// One in which the shell replaces `$NAMES`, and nothing else.
    init(expanding word: String) {
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

    static func line(_ words: [String]) -> String { words.map { ShellWord($0).description }.joined(separator: " ") }
}
