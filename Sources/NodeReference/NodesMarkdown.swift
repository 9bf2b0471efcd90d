import Graph

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
        let explained = schema.output.fields.compactMap { name in schema.output.help(field: name).map { (name, $0) } }
        if !explained.isEmpty {
            text += "\n| field | |\n|---|---|\n"
            for (name, help) in explained { text += "| `\(name)` | \(Self.cell(help)) |\n" }
        }
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
