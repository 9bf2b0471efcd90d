import Graph
import Recipes

/// Which cells of which node are meant: `image` for all, `image[style=neon]` for those where the axes have these values.
public struct CellSelection: Hashable, Sendable {
    public let node: String
    /// As written between the brackets; nil for all cells.
    private let cells: String?
    private let pins: [String: String]

    /// - Parameter text: axes are named as plans name them, `image[style=pixel art seed=1]`, or with commas between
    public init(_ text: String) {
        guard text.hasSuffix("]"), let open = text.firstIndex(of: "[") else {
            (node, cells, pins) = (text, nil, [:])
            return
        }
        node = String(text[..<open])
        let inner = String(text[text.index(after: open)...].dropLast())
        cells = inner
        pins = Self.pins(inner)
    }

    /// A value goes on until the next word with an equals sign.
    private static func pins(_ text: String) -> [String: String] {
        var pins: [String: String] = [:]
        var axis: String?
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, !parts[0].isEmpty {
                axis = parts[0]
                pins[parts[0]] = parts[1]
            } else if let axis {
                pins[axis, default: ""] += " \(word)"
            }
        }
        return pins
    }

    /// The instances that are meant.
    ///
    /// - Throws: `UnknownNode`; `UnknownCells`.
    public func instances(in graph: ExecutionGraph) throws -> [Instance] {
        let ofNode = graph.instances.filter { $0.node == node }
        guard !ofNode.isEmpty else {
            throw UnknownNode(name: node, nearest: nearMatch(to: node, among: Set(graph.instances.map(\.node))))
        }
        let found = ofNode.filter(contains)
        guard found.isEmpty else { return found }
        throw UnknownCells(node: node, cells: cells ?? "", problem: problem(among: ofNode))
    }

    private func problem(among instances: [Instance]) -> UnknownCells.Problem {
        for (axis, value) in pins.sorted(by: { $0.key < $1.key }) {
            let values = Set(instances.compactMap { $0.cell[axis]?.description })
            if values.isEmpty {
                let axes = Set(instances.flatMap { $0.cell.coordinates.map(\.axis) })
                return .axis(axis, nearest: nearMatch(to: axis, among: axes))
            }
            if !values.contains(value) {
                let same = Double(value).flatMap { number in values.first { Double($0) == number } }
                return .value(value, axis: axis, nearest: same ?? nearMatch(to: value, among: values))
            }
        }
        return .cells(nearest: nearMatch(to: cells ?? "", among: Set(instances.map(\.cell.description))))
    }

    public func contains(_ instance: Instance) -> Bool {
        guard instance.node == node else { return false }
        guard let cells else { return true }
        let cell = instance.cell
        return cell.description == cells || InstanceName(instance).place == cells
            || !pins.isEmpty && pins.allSatisfy { axis, value in cell[axis]?.description == value }
    }
}
