import Graph

/// What is doubtful in what nodes are given by others, such as a negative prompt that no render looks at. Each is said once of a
/// node; what a sweep may try on purpose, where all of its cells have it.
struct InputDoubts {
    let diagnostics: DiagnosticCollector

    private struct Doubts {
        let first: Instance
        var said: Set<ParameterProblem> = []
        /// What all cells so far have.
        var common: Set<ParameterProblem>
    }

    func check(_ instances: [Instance]) {
        var doubts: [ObjectIdentifier: Doubts] = [:]
        for (index, instance) in instances.enumerated() {
            let found = instance.schema.type.doubts(KnownInputs(of: index, in: instances))
            let node = ObjectIdentifier(instance.swept)
            // Most cells have no doubts, and most nodes are done with at their first.
            if found.isEmpty, doubts[node]?.common.isEmpty == true { continue }
            let common = Set(found.filter { $0.extent == .everyCell }.map(\.problem))
            doubts[node, default: Doubts(first: instance, common: common)].common.formIntersection(common)
            for doubt in found where doubt.extent == .anyCell {
                if doubts[node]?.said.insert(doubt.problem).inserted == true { say(doubt.problem, of: instance) }
            }
        }
        for node in doubts.values {
            for doubt in node.common { say(doubt, of: node.first) }
        }
    }

    private func say(_ doubt: ParameterProblem, of instance: Instance) {
        diagnostics.warning(
            doubt.message,
            at: instance.valueLocations[doubt.parameter] ?? instance.location,
            hint: doubt.hint
        )
    }
}
