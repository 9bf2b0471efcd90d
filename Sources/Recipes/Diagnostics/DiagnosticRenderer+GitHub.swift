import Graph

extension DiagnosticRenderer {
    /// Workflow commands that GitHub shows beside the line: `::error file=a.yaml,line=3,col=5,endColumn=9::message`.
    public func github(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { diagnostic in
            let location = diagnostic.location
            var properties = ["file=\(Self.property(location.file))"]
            if location.line > 0 {
                properties += [
                    "line=\(location.line)", "col=\(location.column)", "endColumn=\(location.column + location.length)",
                ]
            }
            var message = diagnostic.message
            for note in diagnostic.notes { message += "\n\(Self.place(note.location)): \(note.message)" }
            if let hint = diagnostic.hint { message += "\nhint: \(hint)" }
            let command = "\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))"
            return "::\(command)::\(Self.data(message))\n"
        }.joined()
    }

    private static func data(_ text: String) -> String { escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A"]) }

    private static func property(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }

    private static func escaped(_ text: String, _ replacements: [Unicode.Scalar: String]) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = replacements[scalar] {
                result += replacement
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
