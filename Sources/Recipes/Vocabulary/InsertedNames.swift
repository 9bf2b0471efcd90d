import Graph

/// What is asked of `${name}` where it stands alone.
struct InsertedNames {
    private let registry: NodeRegistry
    private var found: [String: SettableName] = [:]

    init(registry: NodeRegistry) { self.registry = registry }

    subscript(name: String) -> SettableName { found[name] ?? SettableName(name) }

    mutating func find(in document: RecipeDocument) {
        for node in document.nodes {
            guard let schema = node.kind.flatMap({ registry[$0.text] }) else { continue }
            for argument in node.arguments {
                if let parameter = schema.parameters.first(where: { $0.name == argument.key.text }) {
                    find(in: argument.value, parameter.form)
                } else if let port = schema.inputs.first(where: { $0.name == argument.key.text }),
                    port.artifact.loader != nil
                {
                    find(in: argument.value, .oneOf([.file, .list(.file)]))
                }
            }
        }
        for axis in document.axes { find(in: axis.value, Self.listed) }
    }

    /// The axes that stand in files.
    private static let listed = ParameterForm.object([
        ParameterField("lines", .file, help: ""), ParameterField("csv", .file, help: ""),
    ])

    private mutating func find(in value: SyntaxNode, _ form: ParameterForm) {
        switch (form, value.content) {
        case (.optional(let form), _): find(in: value, form)
        case (.oneOf(let forms), _): for form in forms { find(in: value, form) }
        case (.list(let form), .sequence(let items)): for item in items { find(in: item, form) }
        case (.map(let form), .mapping(let entries)): for entry in entries { find(in: entry.value, form) }
        case (.object(let fields), .mapping(let entries)):
            for entry in entries {
                if let field = fields.first(where: { $0.name == entry.key.text }) { find(in: entry.value, field.form) }
            }
        case (_, .scalar): if let name = value.insertedName { note(form, of: name) }
        default: break
        }
    }

    private mutating func note(_ form: ParameterForm, of name: String) {
        switch form {
        case .choice(let choices, _): found[name, default: SettableName(name)].offer(choices)
        case .boolean: found[name, default: SettableName(name)].offer(["false", "true"])
        case .file, .path: found[name, default: SettableName(name)].takesFile = true
        default: break
        }
    }
}

extension SyntaxNode {
    /// Of `${name}` that stands alone, the name.
    var insertedName: String? {
        guard case .scalar(let scalar) = content, scalar.text.hasPrefix("${"), scalar.text.hasSuffix("}") else {
            return nil
        }
        let name = String(scalar.text.dropFirst(2).dropLast())
        return isName(name) ? name : nil
    }
}
