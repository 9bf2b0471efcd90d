import Graph

extension NodeSchema {
    /// The node as `pulid-run nodes NODE` shows it.
    public var manual: String {
        var lines = ["\(name): \(help)", "gives: \(output.kind)"]
        func rows(_ title: String, _ rows: [(String, String, String)]) {
            guard !rows.isEmpty else { return }
            lines += ["", title]
            let middles = rows.map(\.1.count).filter { $0 <= Self.widestMiddle }
            let widths = (rows.map(\.0.count).max() ?? 0, middles.max() ?? 0)
            for row in rows {
                let name = Self.padded(row.0, widths.0)
                if row.1.count > Self.widestMiddle {
                    lines.append("  \(name)  \(row.1)")
                    lines.append(Self.padded("", 2 + widths.0 + 2 + (widths.1 > 0 ? widths.1 + 2 : 0)) + row.2)
                } else {
                    lines.append("  \(name)  \(widths.1 > 0 ? Self.padded(row.1, widths.1) + "  " : "")\(row.2)")
                }
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

    /// What is longer has a line of its own, so that the rest is not far away.
    private static let widestMiddle = 44

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
