import Graph

/// Reads `$score.id_similarity >= 0.5`: the field of a node, a comparison, and a number or `${param}`.
struct Expectations {
    let recipe: CompiledRecipe
    private var diagnostics: DiagnosticCollector { recipe.diagnostics }

    func compile(_ scalar: Scalar) -> CompiledExpectation? {
        guard let (reference, afterReference) = ScalarReader(diagnostics: diagnostics).readPrefix(scalar) else {
            return nil
        }
        var cursor = afterReference
        let source = ReferenceResolver(recipe: recipe).resolve(reference)
        let field = source.flatMap { checkField(reference, $0) }
        cursor.skipSpaces()
        let written = cursor.take { "<>=!".unicodeScalars.contains($0) }
        guard let comparison = Expectation.Comparison(rawValue: written.text) else {
            diagnostics.error(
                written.text.isEmpty
                    ? "a comparison is missing" : "\(code(written.text)) is no comparison",
                at: written.location,
                hint: written.text == "="
                    ? "write `==`"
                    : "use one of \(enumeration(Expectation.Comparison.allCases.map(\.rawValue), "or"))"
            )
            return nil
        }
        let bound = cursor.rest()
        guard !bound.text.isEmpty else {
            diagnostics.error("a number is missing after \(code(written.text))", at: written.location)
            return nil
        }
        let templates = TemplateCompiler(scope: recipe.scope, diagnostics: diagnostics)
        guard let template = templates.compile(bound, for: "an expectation"), let source, let field else { return nil }
        return CompiledExpectation(
            source: source,
            field: field,
            comparison: comparison,
            bound: template,
            text: scalar.text,
            location: scalar.location
        )
    }

    private func checkField(_ reference: Reference, _ source: Source) -> Name? {
        let read = recipe.nodes[source.node]
        guard !source.gathers else {
            diagnostics.error(
                "an expectation holds at every cell by itself",
                at: reference.location,
                hint: "leave `[*]` out: `$\(read.name).\(reference.field?.text ?? "field")`"
            )
            return nil
        }
        guard let artifact = read.schema?.output else { return nil }
        let fields = artifact.fields
        guard !fields.isEmpty else {
            diagnostics.error(
                "\(code(read.name)) makes \(noun(artifact.kind)), which has no fields to compare",
                at: reference.location,
                notes: [Diagnostic.Note("\(code(read.name)) is declared here", at: read.location)]
            )
            return nil
        }
        guard let field = reference.field else {
            diagnostics.error(
                "say which field of \(code(read.name)) to compare",
                at: reference.location,
                hint: "its fields are \(enumeration(fields))"
            )
            return nil
        }
        guard fields.contains(field.text) else {
            diagnostics.error(
                "\(code(read.name)) has no field \(code(field.text))",
                at: field.location,
                hint: diagnostics.suggestion(for: field.text, among: fields)
                    ?? "its fields are \(enumeration(fields))"
            )
            return nil
        }
        return field
    }

    /// The number at each cell of the expectation's axes; nil when something was reported.
    func bounds(_ expectation: CompiledExpectation) -> [Double]? {
        guard !recipe.mentionsBrokenAxis(expectation.axes), recipe.space.count(of: expectation.axes) != nil else {
            return nil
        }
        let forms = ParameterForms(recipe: recipe, owner: "an expectation")
        let table = recipe.space.table(of: expectation.axes)
        var bounds: [Double] = []
        for cell in 0..<table.count {
            let value = expectation.bound.value(at: SweepCell(space: recipe.space, table: table, index: cell))
            guard case .number(let bound)? = forms.check(value, .number) else { return nil }
            bounds.append(bound)
        }
        return bounds
    }
}
