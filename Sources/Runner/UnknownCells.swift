import Graph
import Recipes

/// Cells given with `approve --only` or `explain` that a node, which is there, does not have.
public struct UnknownCells: Error, Hashable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The node has no such axis.
        case axis(String, nearest: String?)
        /// The axis never has that value.
        case value(String, axis: String, nearest: String?)
        /// Each value is there, and no cell has all of them, or they name no axis.
        case cells(nearest: String?)
    }

    public let node: String
    /// As written between the brackets.
    public let cells: String
    public let problem: Problem

    public var description: String {
        func advice(_ name: String?) -> String { name.map { "; did you mean `\($0)`?" } ?? "" }
        let text =
            switch problem {
            case .axis(let axis, let nearest):
                "the node `\(node)` does not depend on an axis `\(axis)`\(advice(nearest))"
            case .value(let value, let axis, let nearest):
                "the node `\(node)` has no cell where `\(axis)` is `\(value)`\(advice(nearest))"
            case .cells(let nearest): "the node `\(node)` has no cell `\(cells)`\(advice(nearest))"
            }
        return TerminalText(text).escaped()
    }
}
