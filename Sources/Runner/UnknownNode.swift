import Graph
import Recipes

/// A name given with `--only`, `--force` or `explain` that no node has.
public struct UnknownNode: Error, Hashable, CustomStringConvertible {
    /// What was probably meant in place of a name.
    public enum Meant: Hashable, Sendable {
        /// The name of a node, or of one of its cells.
        case name(String)
        /// These nodes, by what they do.
        case nodes([String])
        /// A cell, where nodes are named as a whole.
        case cell(String)
    }

    public let name: String
    public let meant: Meant?

    public init(name: String, nearest: String?) {
        self.name = name
        meant = nearest.map(Meant.name)
    }

    /// Where nodes are named as a whole.
    ///
    /// - Parameter graph: the recipe's
    init(name: String, in graph: ExecutionGraph) {
        self.name = name
        let names = Set(graph.instances.map(\.node))
        let ofKind = Set(graph.instances.filter { $0.schema.name == name }.map(\.node))
        if !ofKind.isEmpty {
            meant = .nodes(ofKind.sorted())
        } else if let start = name.firstIndex(of: "["), name.hasSuffix("]"), names.contains(String(name[..<start])) {
            meant = .cell(String(name[name.index(after: start)...].dropLast()))
        } else {
            meant = nearMatch(to: name, among: names).map(Meant.name)
        }
    }

    public var description: String {
        let advice =
            switch meant {
            case .name(let name): "; did you mean `\(name)`?"
            case .nodes(let nodes):
                "; of that kind there is `\(nodes[0])`" + (nodes.count > 1 ? " and \(nodes.count - 1) more" : "")
            case .cell(let cell):
                "; nodes are named as a whole here: `--set '\(cell)'` leaves this cell of all that has that axis"
            case nil: ""
            }
        return "the recipe has no node `\(name)`\(advice)"
    }
}
