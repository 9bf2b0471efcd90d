import Graph

extension NodeSchema {
    /// The node as `pulid-run nodes NODE` shows it.
    public var manual: String {
        var lines = ["\(name): \(help)", "gives: \(output.kind)"]
        func rows(_ title: String, _ rows: [(String, String, String)]) {
            guard !rows.isEmpty else { return }
            lines += ["", title]
            let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
            for row in rows {
                let middle = widths.1 > 0 ? Self.padded(row.1, widths.1) + "  " : ""
                lines.append("  \(Self.padded(row.0, widths.0))  \(middle)\(row.2)")
            }
        }
        rows("fields", output.fields.compactMap { name in output.help(field: name).map { (name, "", $0) } })
        rows("inputs", inputs.map { ($0.name, $0.takes, $0.help) })
        rows(
            "parameters",
            parameters.map { parameter in
                let value = parameter.defaultText.map { " (default \($0))" } ?? " (required)"
                return (parameter.name, parameter.takes, parameter.help + value)
            }
        )
        return lines.joined(separator: "\n") + "\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
