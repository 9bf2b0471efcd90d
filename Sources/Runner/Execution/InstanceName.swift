import Graph

/// How events name an instance.
public struct InstanceName: Hashable, Sendable {
    public let node: String
    public let cell: Cell
    /// The kind of node, such as `sample`.
    public let kind: String
    /// `latent` or `latent[style=neon seed=1]`.
    public let title: String

    init(_ instance: Instance) {
        node = instance.node
        cell = instance.cell
        kind = instance.schema.name
        title = instance.title
    }
}
