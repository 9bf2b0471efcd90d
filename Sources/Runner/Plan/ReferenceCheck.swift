import Graph

/// What the nodes that name files say of them before anything runs: whether each is what the recipe takes it for. Headers
/// are read, nothing is hashed, and nothing is kept.
public struct ReferenceCheck: Sendable {
    /// In the graph's order.
    public private(set) var failures: [NodeFailure] = []
    /// Each "`node`: what it says".
    public private(set) var warnings: [String] = []

    public init(_ graph: ExecutionGraph) {
        let said = Monitor<[String]>([])
        let residents = Residents()
        for instance in graph.instances where instance.schema.evaluation == .reference && instance.inputs.isEmpty {
            let title = InstanceName(instance).shortTitle
            let context = RunContext(
                // Only whether two paths are the same counts here.
                fileDigest: { Digest(of: $0.utf8) },
                warn: { warning in said.withLock { $0.append("`\(title)`: \(warning)") } },
                residents: residents
            )
            do {
                _ = try instance.schema.bind(parameters: instance.parameters, inputs: [:]).run(context)
            } catch {
                failures.append(NodeFailure(instance, error))
            }
        }
        warnings = said.withLock { $0 }
    }
}
