import Foundation
import Graph
import Store
import Synchronization

/// Runs single nodes and turns values into records and back; knows nothing of order.
struct NodeWork: Sendable {
    struct Outcome {
        /// nil where there is nothing to give (`Absence`).
        let artifact: (any Artifact)?
        let encoded: EncodedRecord
        let seconds: Double
        /// What the node warned of that holds of its result.
        let warnings: [String]
        /// The files that the node asked for the digests of.
        let files: [String]
    }

    let graph: ExecutionGraph
    let store: ResultStore
    let environment: RunEnvironment
    let cancellation: Cancellation
    let residents: Residents
    let files: FileWatch
    let report: @Sendable (RunEvent) -> Void

    /// - Parameters:
    ///   - key: of the instance's result
    ///   - inputBytes: by port, what the values take that are in memory while it runs
    func run(
        _ index: Int,
        key: Digest,
        inputs: [String: [InputValue]],
        inputBytes: [String: Int]
    ) throws -> Outcome {
        let instance = graph.instances[index]
        let demand = instance.schema.type.workingMemory(parameters: instance.parameters, inputBytes: inputBytes)
        return try residents.budget.working(demand) {
            residents.makeRoom()
            let node = try instance.schema.bind(parameters: instance.parameters, inputs: inputs)
            let filesRead = Mutex<[String]>([])
            let warnings = Mutex<[String]>([])
            let context = context(for: instance, key: key, warn: { text in warnings.withLock { $0.append(text) } }) {
                path in
                let content = try files.content(of: path)
                filesRead.withLock { $0 += content.files.map(\.path) }
                return content.digest
            }
            let start = ContinuousClock.now
            let artifact: (any Artifact)?
            do {
                artifact = try environment.scope(instance.swept.usesPrecision) {
                    try together(index, inputs) { try node.run(context) }
                }
            } catch is Absence where instance.schema.absence != nil {
                artifact = nil
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let record = artifact?.record ?? Absence.record
            if let fault = NotANumber(in: record) { throw fault }
            return Outcome(
                artifact: artifact,
                encoded: RecordCoder.encode(record),
                seconds: seconds,
                warnings: warnings.withLock { $0 },
                files: filesRead.withLock { $0 }
            )
        }
    }

    /// With the processes of a team, where they have a part in it.
    private func together(
        _ index: Int,
        _ inputs: [String: [InputValue]],
        _ work: () throws -> any Artifact
    ) throws -> any Artifact {
        let instance = graph.instances[index]
        guard let team = environment.team, team.leads, team.takes(instance.schema) else { return try work() }
        let task = try TeamTask(index, inputs, of: graph).encoded(title: instance.title)
        return try team.lead(task, work)
    }

    /// The stored value of an instance and what it takes; nil when it is not there, damaged, or of another kind.
    func load(_ digest: Digest, for index: Int) -> (artifact: any Artifact, bytes: Int)? {
        guard let record = store.record(for: digest) else { return nil }
        do {
            let artifact = try graph.instances[index].schema.output.init(record: record)
            return (artifact, record.blocks.values.reduce(256) { $0 + $1.bytes.count })
        } catch {
            report(.warning("the cached value \(digest.short) cannot be used (\(error)): it is made again"))
            store.drop(digest)
            return nil
        }
    }

    private func context(
        for instance: Instance,
        key: Digest,
        warn: @escaping @Sendable (String) -> Void,
        fileDigest: @escaping @Sendable (String) throws -> Digest
    ) -> RunContext {
        let name = InstanceName(instance)
        var preview: (@Sendable (PreviewPicture) -> Void)?
        if let show = environment.preview { preview = { show(name, $0) } }
        return RunContext(
            fileDigest: fileDigest,
            checkUnchanged: { [files] in try files.check($0) },
            progress: { [report] in report(.progress(name, done: $0, total: $1, note: $2)) },
            preview: preview,
            warn: { [report] in
                warn($0)
                report(.nodeWarning(NodeWarning(name, $0)))
            },
            warnOfRun: { [report] in report(.nodeWarning(NodeWarning(name, $0))) },
            checkCancellation: { [cancellation] in try cancellation.check() },
            residents: residents,
            checkpoints: store.checkpoints(for: key)
        )
    }
}
