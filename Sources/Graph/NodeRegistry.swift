import Synchronization

/// The node kinds that recipes may use, by name.
public final class NodeRegistry: Sendable {
    private let types: [String: any Node.Type]
    /// Kinds of other programs: those that are here by another name, and what to do instead of the rest.
    public let otherKinds: OtherNames
    /// Of the kinds that were asked for: a schema is read off a node of that kind, which takes longer than a small run.
    private let schemas = Mutex<[String: NodeSchema]>([:])

    /// - Parameters:
    ///   - types: the nodes.
    ///   - absent: kinds of other programs that are no nodes here, with what to do instead.
    /// - Precondition: no two nodes share a name.
    public init(_ types: [any Node.Type], absent: [String: String] = [:]) {
        otherKinds = OtherNames(
            taken: Dictionary(types.flatMap { type in type.otherKinds.map { ($0, type.name) } }) { first, _ in first },
            advice: absent
        )
        self.types = Dictionary(
            types.map { ($0.name, $0) },
            uniquingKeysWith: { a, _ in preconditionFailure("two nodes are named \(a.name)") }
        )
    }

    public subscript(name: String) -> NodeSchema? {
        guard let type = types[name] else { return nil }
        return schemas.withLock { schemas in
            if let known = schemas[name] { return known }
            let schema = NodeSchema(type)
            schemas[name] = schema
            return schema
        }
    }

    /// In alphabetical order.
    public var all: [NodeSchema] { names.compactMap { self[$0] } }
    public var names: [String] { types.keys.sorted() }
}
