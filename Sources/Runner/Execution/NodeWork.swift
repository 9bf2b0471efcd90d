import Foundation
import Graph
import Store

/// Runs single nodes and turns values into records and back; knows nothing of order.
struct NodeWork: Sendable {
    struct Outcome {
        let artifact: any Artifact
        /// The encoded record; none for nodes that make references.
        let encoded: EncodedRecord?
        let digest: Digest
        let seconds: Double
    }

    let graph: ExecutionGraph
    let store: ResultStore
    let environment: RunEnvironment
    let cancellation: Cancellation
    let residents: Residents
    let report: @Sendable (RunEvent) -> Void

    /// - Parameters:
    ///   - key: of the instance's result
    ///   - values: of the instance's inputs, by their index
    func run(_ index: Int, key: Digest, values: [Int: any Artifact]) throws -> Outcome {
        let instance = graph.instances[index]
        let inputs = try instance.inputs.mapValues { sources in
            try sources.map { source in
                guard let value = values[source] else { throw MissingValue(title: graph.instances[source].title) }
                return InputValue(cell: graph.instances[source].cell, value)
            }
        }
        let node = try instance.schema.bind(parameters: instance.parameters, inputs: inputs)
        let start = ContinuousClock.now
        let artifact = try environment.scope { try node.run(context(for: instance, key: key)) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let record = artifact.record
        if let fault = NotANumber(in: record) { throw fault }
        let encoded = RecordCoder.encode(record)
        let isKept = instance.schema.evaluation != .reference
        return Outcome(
            artifact: artifact,
            encoded: isKept ? encoded : nil,
            digest: encoded.digest,
            seconds: seconds
        )
    }

    /// The stored value of an instance; nil when it is not there, damaged, or of another kind.
    func load(_ digest: Digest, for index: Int) -> (any Artifact)? {
        guard let record = store.record(for: digest) else { return nil }
        return try? graph.instances[index].schema.output.init(record: record)
    }

    private func context(for instance: Instance, key: Digest) -> RunContext {
        let name = InstanceName(instance)
        return RunContext(
            fileDigest: { [store, cancellation] in try store.fileDigest($0) { try cancellation.check() } },
            progress: { [report] in report(.progress(name, done: $0, total: $1, note: $2)) },
            warn: { [report] in report(.warning("`\(name.title)`: \($0)")) },
            checkCancellation: { [cancellation] in try cancellation.check() },
            residents: residents,
            checkpoints: store.checkpoints(for: key)
        )
    }
}
