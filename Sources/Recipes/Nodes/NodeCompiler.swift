import Graph

/// Compiles the nodes that a recipe declares: each argument is matched with its port or parameter.
struct NodeCompiler {
    let recipe: CompiledRecipe
    private let templates: TemplateCompiler
    private var diagnostics: DiagnosticCollector { recipe.diagnostics }

    init(recipe: CompiledRecipe) {
        self.recipe = recipe
        templates = TemplateCompiler(scope: recipe.scope, diagnostics: recipe.diagnostics)
    }

    /// Fills `recipe.nodes`, with loaders after the declared nodes.
    func compile(_ declarations: [RecipeDocument.NodeDeclaration]) {
        for declaration in declarations {
            recipe.index[declaration.name.text] = recipe.nodes.count
            recipe.nodes.append(
                CompiledNode(
                    name: declaration.name.text,
                    location: declaration.name.location,
                    schema: declaration.kind.flatMap(schema)
                )
            )
        }
        for (node, declaration) in declarations.enumerated() {
            if let schema = recipe.nodes[node].schema {
                compile(declaration, schema: schema, node: node)
            } else {
                lookUpOnly(declaration, node: node)
            }
        }
    }

    private func schema(_ kind: Scalar) -> NodeSchema? {
        if let schema = recipe.registry[kind.text] { return schema }
        diagnostics.error(
            "there is no kind of node \(code(kind.text))",
            at: kind.location,
            hint: recipe.registry.otherKinds.advice(for: kind.text)
                ?? diagnostics.suggestion(for: kind.text, among: recipe.registry.names)
                ?? "`pulid-run nodes` lists the kinds"
        )
        return nil
    }

    private func compile(_ declaration: RecipeDocument.NodeDeclaration, schema: NodeSchema, node: Int) {
        var meant: Set<String> = []
        for argument in declaration.arguments {
            let name = argument.key.text
            let owner = "\(code(name)) of \(code(schema.name))"
            if let port = schema.inputs.first(where: { $0.name == name }) {
                recipe.nodes[node].valueLocations[name] = argument.value.location
                compile(argument.value, for: port, owner: owner, node: node)
            } else if let parameter = schema.parameters.first(where: { $0.name == name }) {
                recipe.nodes[node].valueLocations[name] = argument.value.location
                guard !(parameter.form.takesAxis && insertsAxis(argument.value, owner: owner)),
                    let template = templates.compile(argument.value, for: owner)
                else {
                    recipe.nodes[node].isBroken = true
                    recipe.nodes[node].hasAllParameters = false
                    continue
                }
                recipe.nodes[node].parameters.append(CompiledNode.Parameter(schema: parameter, template: template))
                recipe.nodes[node].mentioned.formUnion(template.axes)
            } else {
                if let match = reportUnknown(argument.key, schema: schema) { meant.insert(match) }
                markUses(argument.value)
                recipe.nodes[node].isBroken = true
                recipe.nodes[node].hasAllParameters = false
            }
        }
        reportMissing(declaration, besides: meant, schema: schema, node: node)
    }

    /// `rows: ${style}` and `rows: $style`, where the axis itself is asked for and not its values.
    private func insertsAxis(_ value: SyntaxNode, owner: String) -> Bool {
        if case .sequence(let items) = value.content {
            // All of them are looked at.
            return items.map { insertsAxis($0, owner: owner) }.contains(true)
        }
        guard case .scalar(let scalar) = value.content,
            let name = recipe.scope.axes.keys.first(where: { scalar.text == "${\($0)}" || scalar.text == "$\($0)" })
        else { return false }
        _ = recipe.scope.meaning(of: name)
        diagnostics.error(
            "\(owner) takes the name of an axis, not its values",
            at: scalar.location,
            hint: "write \(code(name))"
        )
        return true
    }

    /// For a node of unknown kind: its references are still checked, and what it mentions counts as used.
    private func lookUpOnly(_ declaration: RecipeDocument.NodeDeclaration, node: Int) {
        recipe.nodes[node].isBroken = true
        for argument in declaration.arguments { markUses(argument.value) }
    }

    private func markUses(_ value: SyntaxNode) {
        switch value.content {
        case .scalar(let scalar):
            switch ScalarReader(diagnostics: diagnostics).read(scalar) {
            case .reference(let reference): _ = ReferenceResolver(recipe: recipe).resolve(reference)
            case .pieces: _ = templates.compile(scalar, for: "this")
            case .value, nil: break
            }
        case .sequence(let items): items.forEach(markUses)
        case .mapping(let entries): entries.forEach { markUses($0.value) }
        }
    }

    /// The name that was probably meant.
    private func reportUnknown(_ key: Scalar, schema: NodeSchema) -> String? {
        let names = schema.inputs.map(\.name) + schema.parameters.map(\.name)
        let advice = schema.otherNames.advice(for: key.text)
        let match = advice == nil ? diagnostics.nearMatch(to: key.text, among: names) : nil
        diagnostics.error(
            "\(code(schema.name)) has no \(code(key.text))",
            at: key.location,
            hint: advice ?? match.map { "did you mean \(code($0))?" }
                ?? (names.isEmpty ? "it takes nothing" : "it takes \(enumeration(names))")
        )
        return schema.otherNames.own(for: key.text) ?? match
    }

    /// - Parameter meant: what misspelt keys probably stand for; these are not said to be missing on top.
    private func reportMissing(
        _ declaration: RecipeDocument.NodeDeclaration,
        besides meant: Set<String>,
        schema: NodeSchema,
        node: Int
    ) {
        let given = meant.union(declaration.arguments.map(\.key.text))
        for port in schema.inputs where port.isRequired && !given.contains(port.name) {
            recipe.nodes[node].isBroken = true
            diagnostics.error(
                "\(code(schema.name)) needs \(code(port.name)): \(port.help)",
                at: declaration.name.location,
                hint: InputTypes(recipe: recipe).maker(of: port.artifact, besides: recipe.nodes[node].name).map {
                    "add `\(port.name): \(port.arity == .gathered ? "$\($0)[*]" : "$\($0)")`"
                } ?? InputTypes(recipe: recipe).kinds(making: port.artifact)
            )
        }
        for parameter in schema.parameters where parameter.isRequired && !given.contains(parameter.name) {
            recipe.nodes[node].isBroken = true
            recipe.nodes[node].hasAllParameters = false
            diagnostics.error(
                "\(code(schema.name)) needs \(code(parameter.name)): \(parameter.help)",
                at: declaration.name.location,
                hint: "add `\(parameter.name): ...`, \(parameter.form)"
            )
        }
    }

    // MARK: Inputs

    private func compile(_ value: SyntaxNode, for port: NodeSchema.Input, owner: String, node: Int) {
        let types = InputTypes(recipe: recipe)
        var sources: [Source?] = []
        switch value.content {
        case .sequence(let items) where [.list, .anyNumber, .gathered].contains(port.arity):
            if items.isEmpty, port.isRequired {
                diagnostics.error("\(owner) needs one item or more", at: value.location)
                sources.append(nil)
            }
            for (i, item) in items.enumerated() {
                let loader = "\(recipe.nodes[node].name).\(port.name).\(i + 1)"
                sources.append(source(item, for: port, owner: owner, node: node, loader: loader))
            }
        case .scalar where value.isNull && !port.isRequired: break
        default:
            let loader = "\(recipe.nodes[node].name).\(port.name)"
            sources.append(source(value, for: port, owner: owner, node: node, loader: loader))
        }
        let found = sources.compactMap { $0 }
        if found.count < sources.count { recipe.nodes[node].isBroken = true }
        for source in found where !types.check(source, for: port, owner: owner, reader: node) {
            recipe.nodes[node].isBroken = true
        }
        guard !found.isEmpty else { return }
        recipe.nodes[node].ports.append(CompiledNode.Port(schema: port, location: value.location, sources: found))
    }

    private func source(
        _ value: SyntaxNode,
        for port: NodeSchema.Input,
        owner: String,
        node: Int,
        loader: String
    ) -> Source? {
        guard case .scalar(let scalar) = value.content else {
            diagnostics.error(
                "\(owner) takes \(noun(port.artifact.kind)) from another node, but \(value.found)",
                at: value.location,
                hint: "write one reference, such as `$node`"
            )
            return nil
        }
        switch ScalarReader(diagnostics: diagnostics).read(scalar) {
        case nil: return nil
        case .reference(let reference):
            if let field = reference.field {
                diagnostics.error(
                    "\(owner) takes the whole result of a node, not a field of it",
                    at: field.location,
                    hint: "write `$\(reference.node.text)`; fields are for `expect`"
                )
                return nil
            }
            return ReferenceResolver(recipe: recipe).resolve(reference)
        case .value(let written):
            return file(scalar, written, for: port, owner: owner, node: node, loader: loader)
        case .pieces:
            guard let template = templates.compile(scalar, for: owner) else { return nil }
            return load(template, for: port, owner: owner, loader: loader)
        }
    }

    /// A plain value in place of a reference: the name of a file, if the artifact has a loader.
    private func file(
        _ scalar: Scalar,
        _ written: Value,
        for port: NodeSchema.Input,
        owner: String,
        node: Int,
        loader: String
    ) -> Source? {
        guard case .string(let text) = written else {
            diagnostics.error(
                "\(owner) needs \(noun(port.artifact.kind)), but \(described(written))",
                at: scalar.location,
                hint: InputTypes(recipe: recipe).suggestion(for: port, near: nil, reader: node)
            )
            return nil
        }
        let folder = recipe.folder(of: scalar.location.file)
        let isMissing = recipe.files.kind(of: FilePath.join(folder, text)) == nil
        if recipe.index[text] != nil, port.artifact.loader == nil || isMissing {
            diagnostics.error(
                "\(owner) needs \(noun(port.artifact.kind)), but \(code(text)) is text",
                at: scalar.location,
                hint: "did you mean \(code("$" + text))?"
            )
            return nil
        }
        guard let template = templates.compile(scalar, for: owner) else { return nil }
        return load(template, for: port, owner: owner, loader: loader)
    }

    private func load(_ template: Template, for port: NodeSchema.Input, owner: String, loader: String) -> Source? {
        let isText = template.constant.map { if case .string = $0.value { true } else { false } } ?? true
        guard isText, let name = port.artifact.loader, let schema = recipe.registry[name],
            let parameter = schema.parameters.first(where: { $0.name == "file" })
        else {
            let text = template.constant.map { described($0.value) } ?? "this is text"
            diagnostics.error(
                "\(owner) needs \(noun(port.artifact.kind)), but \(text)",
                at: template.location,
                notes: template.constant?.notes ?? [],
                hint: InputTypes(recipe: recipe).suggestion(for: port, near: nil, reader: nil)
            )
            return nil
        }
        var node = CompiledNode(name: loader, location: template.location, schema: schema)
        node.parameters = [CompiledNode.Parameter(schema: parameter, template: template)]
        node.valueLocations = ["file": template.location]
        node.mentioned = template.axes
        node.readsBaseline = port.baselineOf != nil
        recipe.nodes.append(node)
        return Source(node: recipe.nodes.count - 1, location: template.location)
    }
}
