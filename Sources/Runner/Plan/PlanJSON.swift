import Graph

/// A plan for programs: a JSON object on a line for each instance, and one for the whole.
public struct PlanJSON {
    private let plan: Plan
    private let graph: ExecutionGraph

    public init(_ plan: Plan, of graph: ExecutionGraph) {
        self.plan = plan
        self.graph = graph
    }

    public var text: String {
        let steps = plan.steps.map { step in
            var fields: [String: Value] = [
                "event": .string("step"), "node": .string(step.name.node), "kind": .string(step.name.kind),
                "cell": .map(
                    Dictionary(
                        step.name.cell.coordinates.map { ($0.axis, $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    )
                ),
                "status": .string(status(step)),
            ]
            if step.isCached, step.isRemote { fields["remote"] = .bool(true) }
            if let reason = step.reason { fields["reason"] = .string(reason.summary(in: graph)) }
            return Value.map(fields).json + "\n"
        }
        let whole = Value.map([
            "event": .string("plan"), "cached": .integer(Int128(plan.cached)), "to_run": .integer(Int128(plan.toRun)),
            "failed": .integer(Int128(plan.failures.count)), "blocked": .integer(Int128(plan.blocked)),
            "skipped": .integer(Int128(plan.skipped)),
        ])
        return steps.joined() + whole.json + "\n"
    }

    private func status(_ step: Plan.Step) -> String {
        switch step.status {
        case .reference: "reference"
        case .cached: "cached"
        case .run: "run"
        case .failed: "failed"
        case .blocked: "blocked"
        case .skipped: "skipped"
        }
    }
}
