/// A table as RFC 4180 has it: fields between commas, quoted where they hold commas, quotes or line breaks.
struct CommaSeparatedTable {
    struct Field {
        var text: String
        var isQuoted: Bool
        let line: Int
        /// Counted in scalars, from 1.
        let column: Int
    }

    enum Problem: Error {
        case openQuote(line: Int, column: Int)
        /// Something between a closing quote and the next comma.
        case afterQuote(line: Int, column: Int)
    }

    /// Those that hold anything.
    private(set) var rows: [[Field]] = []

    /// - Throws: `Problem`.
    init(_ text: String) throws(Problem) {
        let scalars = Array(text.unicodeScalars)
        var (i, line, lineStart) = (0, 1, 0)
        var row: [Field] = []

        func isBreak(_ place: Int) -> Bool { scalars[place] == "\n" || scalars[place] == "\r" }
        func endLine() {
            i += scalars[i] == "\r" && i + 1 < scalars.count && scalars[i + 1] == "\n" ? 2 : 1
            (line, lineStart) = (line + 1, i)
        }

        while i < scalars.count {
            var field = Field(text: "", isQuoted: scalars[i] == "\"", line: line, column: i - lineStart + 1)
            var content = String.UnicodeScalarView()
            if field.isQuoted {
                i += 1
                while true {
                    guard i < scalars.count else { throw .openQuote(line: field.line, column: field.column) }
                    if scalars[i] == "\"" {
                        i += 1
                        guard i < scalars.count, scalars[i] == "\"" else { break }
                    }
                    content.append(scalars[i])
                    if isBreak(i) { endLine() } else { i += 1 }
                }
                guard i == scalars.count || scalars[i] == "," || isBreak(i) else {
                    throw .afterQuote(line: line, column: i - lineStart + 1)
                }
            } else {
                while i < scalars.count, scalars[i] != ",", !isBreak(i) {
                    content.append(scalars[i])
                    i += 1
                }
            }
            field.text = String(content)
            row.append(field)
            if i < scalars.count, scalars[i] == "," {
                i += 1
                // A comma at the very end has an empty field after it.
                if i < scalars.count, !isBreak(i) { continue }
                row.append(Field(text: "", isQuoted: false, line: line, column: i - lineStart + 1))
            }
            if i < scalars.count { endLine() }
            if row.count > 1 || !row[0].text.isEmpty || row[0].isQuoted { rows.append(row) }
            row = []
        }
    }
}
