/// Text that came from a recipe or a file, made fit for a terminal: nothing in it moves the cursor, changes colours, or
/// turns the direction of what follows.
public struct TerminalText {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// Control characters as YAML escapes them: `\u001B` for ESC, `\u202E` for the mark that turns text around.
    ///
    /// - Parameter keepsLines: leaves newlines and tabs as they are.
    public func escaped(keepsLines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if !isControl(scalar) || keepsLines && (scalar == "\n" || scalar == "\t") {
                result.unicodeScalars.append(scalar)
            } else if scalar == "\n" {
                result += "\\n"
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return result
    }

    /// As much of the beginning as fits into `columns`.
    public func cut(to columns: Int) -> String {
        var result = ""
        var taken = 0
        for scalar in text.unicodeScalars {
            taken += Self.width(scalar)
            guard taken <= columns else { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Escaped, and where it takes more columns with a part left out: the middle, or what comes before that in which it is
    /// unlike others.
    public func shortened(to columns: Int, unlike others: [String] = []) -> String {
        let whole = Array(escaped().unicodeScalars)
        func width(_ scalars: some Sequence<Unicode.Scalar>) -> Int { scalars.reduce(0) { $0 + Self.width($1) } }
        func cut(_ scalars: some Sequence<Unicode.Scalar>, to columns: Int) -> [Unicode.Scalar] {
            var left = columns
            return Array(
                scalars.prefix { scalar in
                    left -= Self.width(scalar)
                    return left >= 0
                }
            )
        }
        func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            return text
        }
        guard width(whole) > columns else { return text(whole) }
        let same =
            others.map { other in
                zip(whole, TerminalText(other).escaped().unicodeScalars).prefix { $0 == $1 }.count
            }.max() ?? 0
        let end = columns / 3
        guard width(whole.prefix(same)) >= columns - end - 1 else {
            let tail = cut(whole.reversed(), to: end).reversed()
            return text(cut(whole, to: columns - end - 1)) + "…" + text(tail)
        }
        // From the word on that differs.
        let word = whole[..<same].lastIndex(of: " ").map { same - $0 < end ? $0 + 1 : same } ?? same
        var head = cut(whole, to: end)
        while head.last == " " { head.removeLast() }
        let rest = whole[max(word, head.count)...]
        let room = columns - end - 1
        let shown = width(rest) > room ? cut(rest, to: room - 1) + ["…"] : Array(rest)
        return text(head) + "…" + text(shown)
    }

    /// Terminal columns: two for East Asian wide characters and emoji, none for combining marks.
    static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x0300...0x036F, 0x200B...0x200D, 0x20D0...0x20FF, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
