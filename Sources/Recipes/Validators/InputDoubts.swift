import Graph

/// What is doubtful in what nodes are given by others, such as a negative prompt that no render looks at: said of a node
/// all of whose cells have it, for a sweep may try on purpose what does nothing.
struct InputDoubts {
    let diagnostics: DiagnosticCollector

    func check(_ instances: [Instance]) {
        var doubts: [ObjectIdentifier: (instance: Instance, found: Set<ParameterProblem>)] = [:]
        for (index, instance) in instances.enumerated() {
            let node = ObjectIdentifier(instance.swept)
            // Most nodes are done with at their first cell.
            if doubts[node]?.found.isEmpty == true { continue }
            let found = instance.schema.type.doubts(KnownInputs(of: index, in: instances))
            doubts[node, default: (instance, Set(found))].found.formIntersection(found)
        }
        for (instance, found) in doubts.values {
            for doubt in found {
                diagnostics.warning(
                    doubt.message,
                    at: instance.valueLocations[doubt.parameter] ?? instance.location,
                    hint: doubt.hint
                )
            }
        }
    }
}
