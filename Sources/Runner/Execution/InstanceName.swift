import Graph
import Recipes

/// How events name an instance. What it gives is put together when it is asked for: of thousands of cached instances
/// nobody asks.
public struct InstanceName: Hashable, Sendable {
    private let instance: Instance

    public init(_ instance: Instance) { self.instance = instance }

    public var node: String { instance.node }
    public var cell: Cell { instance.cell }
    /// The kind of node, such as `sample`.
    public var kind: String { instance.schema.name }
    /// `latent` or `latent[style=neon seed=1]`, fit for a terminal whatever the values of the axes are.
    public var title: String { TerminalText(instance.title).escaped() }
    /// `style=neon seed=1`, fit for a terminal; nothing where no axis touches the node.
    public var place: String { TerminalText(cell.description).escaped() }

    /// For people: the title with long values shortened, such as prompts.
    public var shortTitle: String { cell.coordinates.isEmpty ? node : "\(node)[\(shortPlace)]" }
    /// The same of `place`.
    public var shortPlace: String {
        instance.coordinatesWithNeighbours.map { coordinate, neighbours in
            let value = TerminalText("\(coordinate.value)").shortened(
                to: Self.longestValue,
                unlike: neighbours.map { "\($0)" }
            )
            return "\(TerminalText(coordinate.axis).escaped())=\(value)"
        }.joined(separator: " ")
    }

    private static let longestValue = 48

    public static func == (a: InstanceName, b: InstanceName) -> Bool {
        a.node == b.node && a.cell == b.cell && a.kind == b.kind
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(node)
        hasher.combine(cell)
    }
}
