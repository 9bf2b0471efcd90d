import Graph

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

    public func contains(_ instance: Instance) -> Bool {
        guard instance.node == node else { return false }
        guard let cells else { return true }
        let cell = instance.cell
        return cell.description == cells || InstanceName(instance).place == cells
            || !pins.isEmpty && pins.allSatisfy { axis, value in cell[axis]?.description == value }
    }
}
