/// The node kinds that recipes may use, by name.
public struct NodeRegistry: Sendable {
    private let schemas: [String: NodeSchema]

    /// - Precondition: no two nodes share a name.
    public init(_ types: [any Node.Type]) {
        schemas = Dictionary(
            types.map { type in
                let schema = NodeSchema(type)
                return (schema.name, schema)
            },
            uniquingKeysWith: { a, _ in preconditionFailure("two nodes are named \(a.name)") }
        )
    }

    public subscript(name: String) -> NodeSchema? { schemas[name] }

    /// In alphabetical order.
    public var all: [NodeSchema] { schemas.values.sorted { $0.name < $1.name } }
    public var names: [String] { schemas.keys.sorted() }
}
