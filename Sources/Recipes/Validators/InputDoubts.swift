import Graph

/// What is doubtful in what nodes are given by others, such as a negative prompt that no render looks at. Each is said once of a
/// node, with the number of its cells that have it.
struct InputDoubts {
    let diagnostics: DiagnosticCollector

    private struct Doubt {
        let problem: ParameterProblem
        let first: Instance
        var cells = 1
    }

    func check(_ instances: [Instance]) {
        var doubts: [Doubt] = []
        var places: [ObjectIdentifier: [ParameterProblem: Int]] = [:]
        for (index, instance) in instances.enumerated() {
            let node = ObjectIdentifier(instance.swept)
            for problem in Set(instance.schema.type.doubts(KnownInputs(of: index, in: instances))) {
                if let place = places[node]?[problem] {
                    doubts[place].cells += 1
                } else {
                    places[node, default: [:]][problem] = doubts.count
                    doubts.append(Doubt(problem: problem, first: instance))
                }
            }
        }
        // Most recipes have none.
        guard !doubts.isEmpty else { return }
        let cells = instances.reduce(into: [:]) { $0[ObjectIdentifier($1.swept), default: 0] += 1 }
        for doubt in doubts { say(doubt, ofCells: cells[ObjectIdentifier(doubt.first.swept)] ?? doubt.cells) }
    }

    private func say(_ doubt: Doubt, ofCells all: Int) {
        let some = doubt.cells < all ? " (in \(doubt.cells) of \(all) cells of `\(doubt.first.node)`)" : ""
        diagnostics.warning(
            doubt.problem.message + some,
            at: doubt.first.valueLocations[doubt.problem.parameter] ?? doubt.first.location,
            hint: doubt.problem.hint
        )
    }
}
