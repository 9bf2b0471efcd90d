import Foundation
import Graph

extension RecipeRun {
    /// Runs with the first process of a team what it says, and nothing else: results are the first's to keep.
    ///
    /// - Throws: what hinders this process alone
    public func follow(_ team: any NodeTeam) throws {
        try team.follow { data in
            let task = try TeamTask(data, of: graph)
            let instance = graph.instances[task.index]
            var inputs: [String: [InputValue]] = [:]
            for (port, records) in task.inputs {
                inputs[port] = try zip(records, instance.inputs(of: port) ?? []).map { record, source in
                    let artifact =
                        try record.map { try graph.instances[source].schema.output.init(record: $0) }
                        ?? reference(source)
                    return InputValue(cell: graph.instances[source].cell, artifact)
                }
            }
            // Of what it keeps it makes no use.
            _ = try work.run(task.index, key: Digest(of: []), inputs: inputs, inputBytes: [:])
        }
    }

    /// A model, by the files that this process sees.
    private func reference(_ index: Int) throws -> any Artifact {
        let instance = graph.instances[index]
        let inputs = try instance.inputs.mapValues { sources in
            try sources.map { InputValue(cell: graph.instances[$0].cell, try reference($0)) }
        }
        guard let artifact = try work.run(index, key: Digest(of: []), inputs: inputs, inputBytes: [:]).artifact else {
            throw TeamTaskError.otherRecipe
        }
        return artifact
    }
}
