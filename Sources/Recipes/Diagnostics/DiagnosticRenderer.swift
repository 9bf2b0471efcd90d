import Graph

/// Makes text of diagnostics. The form is the compilers', so that editors link it:
///
///     recipes/portrait.yaml:14:18: error: `image` of `compare` needs an image, but `prompt` makes a prompt
///     14 |     image: $prompt
///        |            ^^^^^^^
///     recipes/portrait.yaml:6:3: note: `prompt` is declared here
///     hint: did you mean `$photo`?
public struct DiagnosticRenderer: Sendable {
    /// Lines longer than this are shown in part, around the caret.
    private static let widestLine = 160

    let sources: RecipeSources
    let colour: Bool

    /// - Parameter colour: whether to use terminal colours.
    public init(sources: RecipeSources, colour: Bool = false) {
        self.sources = sources
        self.colour = colour
    }

    /// All of them, an empty line between two; ends in a newline unless there are none.
    public func text(_ diagnostics: [Diagnostic]) -> String {
        var lines: [String: [ArraySlice<UInt8>]] = [:]
        let blocks = diagnostics.map { diagnostic in
            let file = diagnostic.location.file
            let known = lines[file] ?? sources[file]?.lines ?? []
            lines[file] = known
            return block(diagnostic, lines: known)
        }
        return blocks.joined(separator: "\n")
    }

    private func block(_ diagnostic: Diagnostic, lines: [ArraySlice<UInt8>]) -> String {
        let severity = paint(diagnostic.severity.rawValue + ":", diagnostic.severity == .error ? "1;31" : "1;35")
        var text =
            "\(paint(Self.place(diagnostic.location) + ":", "1")) \(severity) "
            + "\(paint(Self.shown(diagnostic.message), "1"))\n"
        text += snippet(diagnostic.location, lines: lines)
        for note in diagnostic.notes {
            text += "\(paint(Self.place(note.location) + ":", "1")) \(paint("note:", "1;36")) "
            text += Self.shown(note.message) + "\n"
        }
        if let hint = diagnostic.hint { text += "\(paint("hint:", "1;32")) \(Self.shown(hint))\n" }
        return text
    }

    /// `file:line:column`, or only the file where there is no line: the command line, a file that cannot be read.
    static func place(_ location: SourceLocation) -> String {
        let file = printable(location.file, limit: 1000)
        return location.line > 0 ? "\(file):\(location.line):\(location.column)" : file
    }

    private func snippet(_ location: SourceLocation, lines: [ArraySlice<UInt8>]) -> String {
        guard location.line > 0, location.line <= lines.count else { return "" }
        let line = Array(String(decoding: lines[location.line - 1], as: UTF8.self).unicodeScalars)
        let column = min(location.column - 1, line.count)
        let first = line.count > Self.widestLine ? max(0, column - Self.widestLine / 2) : 0
        let last = min(line.count, first + Self.widestLine)

        var shown = first > 0 ? "…" : ""
        shown += Self.text(line[first..<last])
        if last < line.count { shown += "…" }
        let padding = (first > 0 ? " " : "") + Self.blank(line[first..<column])
        let marked = line[column..<min(column + location.length, last)]
        let carets = String(repeating: "^", count: max(1, marked.reduce(0) { $0 + TerminalText.width($1) }))

        let number = "\(location.line)"
        let margin = String(repeating: " ", count: number.count)
        return "\(number) | \(shown)\n\(margin) | \(padding)\(paint(carets, "1;32"))\n"
    }

    private func paint(_ text: String, _ style: String) -> String {
        colour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }

    /// A message may have lines, and may quote anything.
    private static func shown(_ message: String) -> String { TerminalText(message).escaped(keepsLines: true) }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars {
            text.unicodeScalars.append(scalar != "\t" && isControl(scalar) ? "\u{FFFD}" : scalar)
        }
        return text
    }

    /// What takes as much room on a terminal as `scalars`: tabs stay tabs.
    private static func blank(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        scalars.map { $0 == "\t" ? "\t" : String(repeating: " ", count: TerminalText.width($0)) }.joined()
    }
}
