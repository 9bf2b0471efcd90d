import Graph

extension DiagnosticRenderer {
    /// One JSON object a line, for `--format json`: `event` is `diagnostic`; `line`, `column` (1-based, in unicode
    /// scalars) and `length` are left out where a problem has no line; `hint` is left out where there is none.
    public func json(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { diagnostic in
            var fields = [
                ("event", Self.string("diagnostic")), ("severity", Self.string(diagnostic.severity.rawValue)),
            ]
            fields += Self.place(diagnostic.location)
            fields.append(("message", Self.string(diagnostic.message)))
            let notes = diagnostic.notes.map { note in
                Self.object(Self.place(note.location) + [("message", Self.string(note.message))])
            }
            fields.append(("notes", "[\(notes.joined(separator: ","))]"))
            if let hint = diagnostic.hint { fields.append(("hint", Self.string(hint))) }
            return Self.object(fields) + "\n"
        }.joined()
    }

    private static func place(_ location: SourceLocation) -> [(String, String)] {
        let file = [("file", string(location.file))]
        guard location.line > 0 else { return file }
        return file + [
            ("line", "\(location.line)"), ("column", "\(location.column)"), ("length", "\(location.length)"),
        ]
    }

    private static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
