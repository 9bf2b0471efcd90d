import Graph

/// What the nodes with fields measured in one run.
public struct RunMeasures: Sendable {
    /// By field: of every cell that has it, its value; nil where it was not measured.
    public private(set) var values: [String: [Double?]] = [:]

    /// - Parameter run: one that is over
    public init(of run: RecipeRun) {
        for index in run.needed.indices {
            let output = run.graph.instances[index].schema.output
            guard !output.fields.isEmpty, let trace = run.ownTrace(of: index), let record = run.store.record(for: trace.value),
                let artifact = try? output.init(record: record)
            else { continue }
            for field in output.fields { values[field, default: []].append(artifact.field(field)) }
        }
    }
}
