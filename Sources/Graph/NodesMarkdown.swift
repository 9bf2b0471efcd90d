/// docs/NODES.md: every node of a registry with its inputs and parameters, in alphabetical order.
public struct NodesMarkdown {
    private let registry: NodeRegistry

    public init(_ registry: NodeRegistry) { self.registry = registry }

    public var text: String {
        let head = """
            # Nodes

            Made from the nodes' declarations by `pulid-run nodes --markdown`; a test fails when it is out of date.
            An input takes a reference such as `$face`; a parameter takes a value, or a template such as `${seed}`.

            """
        let index = registry.all.map { "- [`\($0.name)`](#\($0.name)): \($0.help)" }.joined(separator: "\n")
        return head + "\n" + index + "\n" + registry.all.map { "\n" + section($0) }.joined()
    }

    private func section(_ schema: NodeSchema) -> String {
        var text = "## \(schema.name)\n\n\(schema.help)\n\nGives: \(schema.output.kind)"
        if !schema.output.extensions.isEmpty {
            text += ", written as " + schema.output.extensions.map { ".\($0)" }.joined(separator: " ")
        }
        if !schema.output.fields.isEmpty {
            text += ", with the fields " + schema.output.fields.map { "`\($0)`" }.joined(separator: ", ")
        }
        text += ".\n"
        if !schema.inputs.isEmpty {
            text += "\n| input | takes | |\n|---|---|---|\n"
            for input in schema.inputs {
                text += "| `\(input.name)` | \(Self.cell(input.takes)) | \(Self.cell(input.help)) |\n"
            }
        }
        if !schema.parameters.isEmpty {
            text += "\n| parameter | takes | default | |\n|---|---|---|---|\n"
            for parameter in schema.parameters {
                let value = parameter.defaultText.map { "`\(Self.cell($0))`" } ?? "required"
                text +=
                    "| `\(parameter.name)` | \(Self.cell(parameter.takes)) | \(value) | \(Self.cell(parameter.help)) |\n"
            }
        }
        return text
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false)
            .joined(separator: "\\|")
    }
}

extension NodeSchema {
    /// The node as `pulid-run nodes NODE` shows it.
    public var manual: String {
        var lines = ["\(name): \(help)", "gives: \(output.kind)"]
        func rows(_ title: String, _ rows: [(String, String, String)]) {
            guard !rows.isEmpty else { return }
            lines += ["", title]
            let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
            for row in rows {
                lines.append("  \(Self.padded(row.0, widths.0))  \(Self.padded(row.1, widths.1))  \(row.2)")
            }
        }
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

extension NodeSchema.Input {
    /// "image", "list of faces", "image, optional".
    fileprivate var takes: String {
        switch arity {
        case .one: artifact.kind
        case .optional: "\(artifact.kind), optional"
        case .list: "one or more: \(artifact.kind)"
        case .anyNumber: "any number: \(artifact.kind)"
        case .gathered: "sweep: \(artifact.kind)"
        }
    }
}

extension NodeSchema.Parameter {
    fileprivate var takes: String {
        guard let range else { return form.description }
        func bound(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
        switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
        case (true, true): return "\(form) from \(bound(range.lowerBound)) to \(bound(range.upperBound))"
        case (true, false): return "\(form), \(bound(range.lowerBound)) or more"
        case (false, true): return "\(form), \(bound(range.upperBound)) or less"
        case (false, false): return form.description
        }
    }

    fileprivate var defaultText: String? {
        defaultValue.map { value in
            switch value {
            case .null: "none"
            case .string(""): "\"\""
            default: value.description
            }
        }
    }
}
