import Graph
import Recipes

/// How events name an instance.
public struct InstanceName: Hashable, Sendable {
    public let node: String
    public let cell: Cell
    /// The kind of node, such as `sample`.
    public let kind: String
    /// `latent` or `latent[style=neon seed=1]`, fit for a terminal whatever the values of the axes are.
    public let title: String

    public init(_ instance: Instance) {
        node = instance.node
        cell = instance.cell
        kind = instance.schema.name
        title = TerminalText(instance.title).escaped()
    }

    /// `style=neon seed=1`, fit for a terminal; nothing where no axis touches the node.
    public var place: String { TerminalText(cell.description).escaped() }
}
