import Graph

/// A parameter of nodes that a run gives other values though the recipe has no param for it: it is run as if it had one.
public struct VariedParameter: Sendable {
    /// That of the parameter, and of the param.
    public let name: String
    /// The kinds of the nodes.
    public let kinds: Set<String>

    public init(_ name: String, of kinds: Set<String>) {
        self.name = name
        self.kinds = kinds
    }
}

extension RecipeDocument {
    /// Where the recipe has a param or axis of that name, or a node takes its value from elsewhere, all stays as it is.
    mutating func vary(_ varied: VariedParameter, registry: NodeRegistry) {
        guard !(params + axes).contains(where: { $0.name.text == varied.name }) else { return }
        var places: [(node: Int, argument: Int?)] = []
        var written: SyntaxNode?
        for (index, node) in nodes.enumerated() {
            guard let kind = node.kind?.text, varied.kinds.contains(kind),
                let parameter = registry[kind]?.parameters.first(where: { $0.name == varied.name })
            else { continue }
            let argument = node.arguments.firstIndex { $0.key.text == varied.name }
            if let argument {
                guard case .scalar(let scalar) = node.arguments[argument].value.content, !scalar.text.contains("$")
                else { return }
                written = written ?? node.arguments[argument].value
            } else {
                guard let value = parameter.defaultValue, value != .null else { return }
                written =
                    written ?? SyntaxNode(scalar: value.description, isPlain: value.isNumber, at: node.name.location)
            }
            places.append((index, argument))
        }
        guard let written else { return }
        for (index, argument) in places {
            let node = nodes[index]
            let place = argument.map { node.arguments[$0].value.location } ?? node.name.location
            var arguments = node.arguments
            let entry = SyntaxNode.Entry(
                key: Scalar(text: varied.name, isPlain: true, location: place, textOffset: nil),
                value: SyntaxNode(scalar: "${\(varied.name)}", isPlain: true, at: place)
            )
            if let argument { arguments[argument] = entry } else { arguments.append(entry) }
            nodes[index] = NodeDeclaration(name: node.name, kind: node.kind, arguments: arguments)
        }
        let name = Scalar(text: varied.name, isPlain: true, location: written.location, textOffset: nil)
        params.append(Declaration(name: name, value: written))
    }
}

extension SyntaxNode {
    fileprivate init(scalar text: String, isPlain: Bool, at place: SourceLocation) {
        self.init(
            content: .scalar(Scalar(text: text, isPlain: isPlain, location: place, textOffset: nil)),
            location: place,
            size: 1
        )
    }
}

extension Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}
