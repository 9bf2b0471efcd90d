import Graph

/// What nodes say of the cells that they gather, such as two pictures on one place of a sheet: known before anything runs.
struct GatheredCells {
    let diagnostics: DiagnosticCollector

    /// - Parameter isComplete: whether all parameters of a node are known, so that it can be asked.
    func check(_ instances: [Instance], isComplete: (SweptNode) -> Bool) {
        var known: [ObjectIdentifier: Set<String>] = [:]
        var judged: Set<Gathering> = []
        for instance in instances where isComplete(instance.swept) {
            let gathered = instance.schema.inputs.filter { $0.arity == .gathered }
            guard !gathered.isEmpty else { continue }
            let sources = gathered.map { port in
                (instance.inputs(of: port.name) ?? []).map { instances[$0].cell }
            }
            guard judged.insert(Gathering(of: sources, by: instance)).inserted else { continue }
            var inputs: [String: [InputValue]] = [:]
            for (port, cells) in zip(gathered, sources) {
                inputs[port.name] = cells.map { cell in InputValue(cell: cell) { throw NotMadeYet() } }
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

    /// What decides what a node says of its cells: thousands of a sweep gather the same, but for the axes that they themselves
    /// depend on.
    private struct Gathering: Hashable {
        let swept: ObjectIdentifier
        let varying: [Value]
        let cells: [[Cell]]

        init(of cells: [[Cell]], by instance: Instance) {
            swept = ObjectIdentifier(instance.swept)
            varying = instance.varyingParameters
            let own = instance.cell
            self.cells = cells.map { cells in
                cells.map { cell in Cell(cell.coordinates.filter { own[$0.axis] != $0.value }) }
            }
        }
    }

    private struct NotMadeYet: Error {}
}
