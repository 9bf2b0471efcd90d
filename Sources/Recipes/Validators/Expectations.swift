import Graph

/// Reads `$score.id_similarity >= 0.5 warn 0.6`: the field of a node, a comparison, a number or `${param}`, and perhaps
/// another, beyond which there is a warning.
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
                hint: MisspeltExpectation(scalar.text).hint(forComparison: written.text)
            )
            return nil
        }
        let bound = cursor.rest(before: Self.warn)
        let warning = cursor.isAtEnd ? nil : cursor.rest()
        guard !bound.text.isEmpty else {
            diagnostics.error("a number is missing after \(code(written.text))", at: written.location)
            return nil
        }
        if let hint = MisspeltExpectation(scalar.text).hint(forBound: bound.text) {
            diagnostics.error("an expectation compares a field with one number", at: bound.location, hint: hint)
            return nil
        }
        let templates = TemplateCompiler(scope: recipe.scope, diagnostics: diagnostics)
        guard let template = templates.compile(bound, for: "an expectation"), let source, let field else { return nil }
        var warningTemplate: Template?
        if let warning {
            guard [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(comparison) else {
                diagnostics.error(
                    "there is nothing to warn of before \(code(comparison.rawValue)) is not met",
                    at: warning.location,
                    hint: "leave `warn` out"
                )
                return nil
            }
            warningTemplate = templates.compile(warning, for: "an expectation")
            guard warningTemplate != nil else { return nil }
        }
        return CompiledExpectation(
            source: source,
            field: field,
            comparison: comparison,
            bound: template,
            warning: warningTemplate,
            text: scalar.text,
            location: scalar.location
        )
    }

    /// Stands before the number beyond which there is a warning.
    private static let warn = "warn"

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

    /// The numbers at each cell of the expectation's axes; nil when something was reported.
    func bounds(_ expectation: CompiledExpectation) -> [ExpectationBound]? {
        guard !recipe.mentionsBrokenAxis(expectation.axes), recipe.space.count(of: expectation.axes) != nil else {
            return nil
        }
        let forms = ParameterForms(recipe: recipe, owner: "an expectation")
        let table = recipe.space.table(of: expectation.axes)
        let field = expectation.field.text
        let range = recipe.nodes[expectation.source.node].schema?.output.range(field: field)
        func number(_ template: Template, _ cell: SweepCell) -> (Double, SourceLocation)? {
            let value = template.value(at: cell)
            guard case .number(let number)? = forms.check(value, .number) else { return nil }
            if let range, !expectation.comparison.canHold(in: range, number) {
                diagnostics.warning("this can never hold: \(code(field)) is \(described(range))", at: value.location)
            }
            return (number, value.location)
        }
        var bounds: [ExpectationBound] = []
        for index in 0..<table.count {
            let cell = SweepCell(space: recipe.space, table: table, index: index)
            guard let (bound, _) = number(expectation.bound, cell) else { return nil }
            guard let template = expectation.warning else {
                bounds.append(ExpectationBound(fails: bound, warns: nil))
                continue
            }
            guard let (warning, location) = number(template, cell) else { return nil }
            guard warning == bound || expectation.comparison.holds(warning, bound) else {
                diagnostics.error(
                    "there would never be a warning: what is not \(expectation.comparison.rawValue) \(plain(warning)) "
                        + "already fails",
                    at: location,
                    hint: "the number after `warn` is the stricter one"
                )
                return nil
            }
            bounds.append(ExpectationBound(fails: bound, warns: warning))
        }
        return bounds
    }
}

private func described(_ range: ClosedRange<Double>) -> String {
    range.upperBound == .infinity
        ? "at least \(plain(range.lowerBound))"
        : "between \(plain(range.lowerBound)) and \(plain(range.upperBound))"
}

/// The numbers of an expectation at one cell.
struct ExpectationBound {
    let fails: Double
    let warns: Double?
}
