import Graph

/// Compiles the lines of `outputs`.
struct OutputCompiler {
    let recipe: CompiledRecipe
    private var diagnostics: DiagnosticCollector { recipe.diagnostics }

    func compile(_ entry: SyntaxNode.Entry) -> CompiledOutput? {
        guard !isTurnedAround(entry) else { return nil }
        let templates = TemplateCompiler(scope: recipe.scope, diagnostics: diagnostics)
        let key = Scalar(
            text: entry.key.text,
            isPlain: false,
            location: entry.key.location,
            textOffset: entry.key.textOffset
        )
        let path = templates.compile(key, for: "the name of an output")
        let source = source(entry.value)
        guard let path else { return nil }
        let name = OutputName(path: path, pieces: pieces(of: key), location: entry.key.location)
        guard let source else {
            recipe.namesAlone.append(name)
            return nil
        }
        return CompiledOutput(name: name, source: source)
    }

    /// None where nothing is inserted.
    private func pieces(of name: Scalar) -> [WrittenScalar.Piece] {
        guard case .pieces(let pieces)? = ScalarReader(diagnostics: diagnostics).read(name) else { return [] }
        return pieces
    }

    /// `node` of `${node}`.
    private func bareName(_ text: String) -> String {
        text.hasPrefix("${") && text.hasSuffix("}") ? String(text.dropFirst(2).dropLast()) : text
    }

    /// `$node: name.png`, with key and value in each other's place; whether that was reported.
    private func isTurnedAround(_ entry: SyntaxNode.Entry) -> Bool {
        guard entry.key.text.hasPrefix("$"), recipe.index[String(entry.key.text.dropFirst())] != nil,
            case .scalar(let name) = entry.value.content, !name.text.hasPrefix("$")
        else { return false }
        diagnostics.error(
            "the name of the output comes first",
            at: entry.key.location,
            hint: "write `\(printable(name.text, limit: 60)): \(entry.key.text)`"
        )
        return true
    }

    private func source(_ value: SyntaxNode) -> Source? {
        guard case .scalar(let scalar) = value.content, !value.isNull else {
            diagnostics.error(
                "an output is the result of one node, but \(value.found)",
                at: value.location,
                hint: "write `name.png: $node`"
            )
            return nil
        }
        switch ScalarReader(diagnostics: diagnostics).read(scalar) {
        case nil:
            recipe.scope.isIncomplete = true
            return nil
        case .reference(let reference):
            if let field = reference.field {
                diagnostics.error(
                    "an output takes the whole result of a node, not a field of it",
                    at: field.location,
                    hint: "write `$\(reference.node.text)[*]` into a .csv for a table of all fields"
                )
                return nil
            }
            return ReferenceResolver(recipe: recipe).resolve(reference)
        case .value, .pieces:
            diagnostics.error(
                "an output is the result of a node, but \(code(scalar.text)) is text",
                at: scalar.location,
                hint: recipe.index[bareName(scalar.text)] != nil
                    ? "did you mean \(code("$" + bareName(scalar.text)))?" : "write `name.png: $node`"
            )
            return nil
        }
    }
}
