import Graph

/// The parameters of a node, checked at every cell and ready to be looked up by cell.
struct CheckedParameters {
    struct Varying {
        let name: String
        /// The axes it mentions.
        let axes: AxisSet
        /// For each cell over `axes`.
        let values: [Value]
    }

    /// Those that are the same at every cell, defaults included.
    var constant: [String: Value]
    var varying: [Varying] = []
}

/// Checks the parameters of each node: every value's form, and then what the node itself says about them together.
struct NodeParameters {
    /// A range of ten thousand bad values is reported with the first few.
    private static let mostReports = 3

    let recipe: CompiledRecipe

    /// nil when something was reported, or when the node is already known to be wrong.
    func check(_ node: CompiledNode) -> CheckedParameters? {
        guard let schema = node.schema else { return nil }
        var isValid = true
        /// Those that the recipe gives, as they should be.
        var given: Set<String> = []
        var checked = CheckedParameters(constant: [:])
        for parameter in schema.parameters { checked.constant[parameter.name] = parameter.defaultValue }
        for parameter in node.parameters {
            let axes = parameter.template.axes
            guard !recipe.mentionsBrokenAxis(axes), recipe.space.count(of: axes) != nil else {
                isValid = false
                continue
            }
            guard let values = values(parameter, of: node, schema: schema) else {
                isValid = false
                continue
            }
            given.insert(parameter.schema.name)
            checked.constant[parameter.schema.name] = nil
            if axes.isEmpty {
                checked.constant[parameter.schema.name] = values.first
            } else {
                checked.varying.append(
                    CheckedParameters.Varying(name: parameter.schema.name, axes: axes, values: values)
                )
            }
        }
        // What is wrong hides no other problem: the node is asked with another value in its place.
        for parameter in schema.parameters where !given.contains(parameter.name) && parameter.defaultValue == nil {
            guard let value = Self.standIn(for: parameter) else { return nil }
            checked.constant[parameter.name] = value
        }
        let isWhole = isValid && node.hasAllParameters
        let unknown = isWhole ? [] : Set(schema.parameters.map(\.name)).subtracting(given)
        return askNode(node, schema: schema, checked, unknown: unknown) && isWhole && !node.isBroken ? checked : nil
    }

    /// A value that the parameter could have; nil where that is not plain.
    private static func standIn(for parameter: NodeSchema.Parameter) -> Value? {
        let least = parameter.range.map(\.lowerBound).flatMap { $0.isFinite ? $0 : nil } ?? 0
        switch parameter.form {
        case .integer: return .integer(Int128(least.rounded(.up)))
        case .number: return .number(least)
        case .boolean: return .bool(false)
        case .text: return .string("")
        case .choice(let choices, _): return choices.first.map(Value.string)
        case .list: return .list([])
        case .optional: return .null
        default: return nil
        }
    }

    private func values(_ parameter: CompiledNode.Parameter, of node: CompiledNode, schema: NodeSchema) -> [Value]? {
        let forms = ParameterForms(
            recipe: recipe,
            owner: "\(code(parameter.schema.name)) of \(code(schema.name))",
            range: parameter.schema.range,
            mayBeMissing: node.readsBaseline
        )
        let table = recipe.space.table(of: parameter.template.axes)
        var values: [Value] = []
        var failures = 0
        for cell in 0..<table.count where failures < Self.mostReports {
            let value = parameter.template.value(at: SweepCell(space: recipe.space, table: table, index: cell))
            if let checked = forms.check(value, parameter.schema.form) {
                values.append(checked)
            } else {
                failures += 1
            }
        }
        return failures == 0 ? values : nil
    }

    /// Binds the node to each combination of its parameters and asks it for problems.
    ///
    /// - Parameter unknown: the parameters that the recipe gives wrongly, or may mean to give: what is said of these
    ///   follows from what is reported already.
    private func askNode(
        _ node: CompiledNode,
        schema: NodeSchema,
        _ checked: CheckedParameters,
        unknown: Set<String>
    ) -> Bool {
        func follows(_ problem: ParameterProblem) -> Bool {
            unknown.contains(problem.parameter)
                || unknown.contains { problem.message.contains("`\($0)`") || problem.hint?.contains("`\($0)`") == true }
        }
        let axes = checked.varying.reduce(AxisSet()) { $0 | $1.axes }
        guard recipe.space.count(of: axes) != nil else { return false }
        let columns = checked.varying.map { ($0, recipe.space.projection(from: axes, to: $0.axes)) }
        let probe = ParameterProbe(schema, constant: checked.constant)
        var known: Set<ParameterProblem> = []
        var doubted: Set<String> = []
        var failures = 0
        for cell in 0..<recipe.space.table(of: axes).count where failures < Self.mostReports {
            var varying: [String: Value] = [:]
            for (column, cells) in columns { varying[column.name] = column.values[Int(cells[cell])] }
            switch probe.ask(varying) {
            case .problems(let allProblems, let allDoubts):
                let problems = allProblems.filter { !follows($0) }
                let doubts = allDoubts.filter { !follows($0) }
                // Cells have the same doubts one after the other.
                let fresh = doubts.filter { !doubted.contains($0.parameter) }
                doubted.formUnion(fresh.map(\.parameter))
                for doubt in fresh {
                    recipe.diagnostics.warning(
                        doubt.message,
                        at: node.valueLocations[doubt.parameter] ?? node.location,
                        hint: doubt.hint
                    )
                }
                for problem in problems where known.insert(problem).inserted {
                    failures += 1
                    recipe.diagnostics.error(
                        problem.message,
                        at: node.valueLocations[problem.parameter] ?? node.location,
                        hint: problem.hint
                    )
                }
            case .refused(let name, _) where unknown.contains(name): return false
            case .refused(let name, let value):
                failures += 1
                report(value, refusedAs: name, of: node, schema: schema)
            }
        }
        return failures == 0
    }

    /// The node refuses a value of the right form, such as an integer beyond its type's reach.
    private func report(_ value: Value, refusedAs name: String, of node: CompiledNode, schema: NodeSchema) {
        let message =
            switch value {
            case .integer, .number: "cannot be \(value): it is out of range"
            case .string: "cannot be \(code(value.description))"
            default: "does not take this value"
            }
        recipe.diagnostics.error(
            "\(code(name)) of \(code(schema.name)) \(message)",
            at: node.valueLocations[name] ?? node.location
        )
    }
}
