import Graph
import Recipes

/// A recipe's nodes and what they read, for Graphviz or Mermaid; a sweep is drawn once, with the number of its cells.
public struct GraphDrawing {
    private struct Node {
        let id: String
        let lines: [String]
        let isOutput: Bool
        /// Whether any output or expectation needs it.
        let isNeeded: Bool
    }

    private struct Edge {
        let from: String
        let to: String
        let label: String
    }

    private let name: String
    private let nodes: [Node]
    private let edges: [Edge]

    public init(_ outline: RecipeOutline, name: String) {
        self.name = name
        let outputs = Set(outline.outputs.map(\.node))
        let ids = Dictionary(
            outline.nodes.enumerated().map { ($1.name, "n\($0)") },
            uniquingKeysWith: { first, _ in first }
        )
        nodes = outline.nodes.enumerated().map { place, node in
            let cells = node.cells > 1 ? " x\(node.cells)" : ""
            return Node(
                id: "n\(place)",
                lines: [node.name, node.schema.name + cells],
                isOutput: outputs.contains(node.name),
                isNeeded: node.cells > 0
            )
        }
        edges = outline.nodes.flatMap { node in
            node.inputs.compactMap { input in
                guard let from = ids[input.node], let to = ids[node.name] else { return nil }
                return Edge(from: from, to: to, label: input.port + (input.isGathered ? "[*]" : ""))
            }
        }
    }

    /// https://graphviz.org/doc/info/lang.html
    public var dot: String {
        var lines = [
            "digraph \(Self.dotQuoted(TerminalText(name).escaped())) {", "  rankdir=LR;", "  node [shape=box];",
        ]
        for node in nodes {
            let style = node.isOutput ? ", style=bold" : node.isNeeded ? "" : ", style=dashed"
            lines.append("  \(node.id) [label=\(Self.dotQuoted(node.lines.joined(separator: "\n")))\(style)];")
        }
        lines += edges.map { "  \($0.from) -> \($0.to) [label=\(Self.dotQuoted($0.label))];" }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// https://mermaid.js.org/syntax/flowchart.html
    public var mermaid: String {
        var lines = ["flowchart LR"]
        for node in nodes {
            let label = "\"" + node.lines.map(Self.mermaidEscaped).joined(separator: "<br>") + "\""
            lines.append("  \(node.id)" + (node.isOutput ? "([\(label)])" : "[\(label)]"))
        }
        lines += edges.map { "  \($0.from) -->|\"\(Self.mermaidEscaped($0.label))\"| \($0.to)" }
        let unneeded = nodes.filter { !$0.isNeeded }.map(\.id)
        if !unneeded.isEmpty {
            lines.append("  classDef unneeded stroke-dasharray: 4 4")
            lines.append("  class \(unneeded.joined(separator: ",")) unneeded")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func dotQuoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }

    private static func mermaidEscaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
    }
}
