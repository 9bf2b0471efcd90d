import Graph

extension DiagnosticRenderer {
    /// One JSON object a line, for `--format json`: `event` is `diagnostic`; `line`, `column` (1-based, in unicode
    /// scalars) and `length` are left out where a problem has no line; `hint` is left out where there is none.
    public func json(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { diagnostic in
            var fields = Self.fields(of: diagnostic.location)
            fields["event"] = .string("diagnostic")
            fields["severity"] = .string(diagnostic.severity.rawValue)
            fields["message"] = .string(diagnostic.message)
            fields["notes"] = .list(
                diagnostic.notes.map { note in
                    .map(Self.fields(of: note.location).merging(["message": .string(note.message)]) { $1 })
                }
            )
            fields["hint"] = diagnostic.hint.map { .string($0) }
            return Value.map(fields).json + "\n"
        }.joined()
    }

    private static func fields(of location: SourceLocation) -> [String: Value] {
        let file = ["file": Value.string(location.file)]
        guard location.line > 0 else { return file }
        let numbers = ["line": location.line, "column": location.column, "length": location.length]
        return file.merging(numbers.mapValues { .integer(Int128($0)) }) { $1 }
    }
}
