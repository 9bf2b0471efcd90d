import Graph

/// What nodes say of the cells that they gather, such as two pictures on one place of a sheet: known before anything runs.
struct GatheredCells {
    let diagnostics: DiagnosticCollector

    func check(_ instances: [Instance]) {
        var known: [ObjectIdentifier: Set<String>] = [:]
        for instance in instances {
            let gathered = instance.schema.inputs.filter { $0.arity == .gathered }
            guard !gathered.isEmpty else { continue }
            var inputs: [String: [InputValue]] = [:]
            for port in gathered {
                inputs[port.name] = (instance.inputs(of: port.name) ?? []).map { source in
                    InputValue(cell: instances[source].cell) { throw NotMadeYet() }
                }
            }
            guard let node = try? instance.schema.bind(parameters: instance.parameters, inputs: inputs) else {
                continue
            }
            for problem in node.problems() {
                // Cells have the same trouble one after the other.
                guard known[ObjectIdentifier(instance.swept), default: []].insert(problem.parameter).inserted else {
                    continue
                }
                diagnostics.error(
                    problem.message,
                    at: instance.valueLocations[problem.parameter] ?? instance.location,
                    hint: problem.hint
                )
            }
        }
    }

    private struct NotMadeYet: Error {}
}
