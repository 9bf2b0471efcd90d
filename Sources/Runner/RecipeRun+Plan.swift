import Graph
import Store

extension RecipeRun {
    /// What a run would do. Readers of files whose results are not known are run, to know by content what follows;
    /// nothing is kept but the digests of files.
    public func plan() -> Plan {
        state.withLock { $0.isKept = false }
        begin()
        runJobs(early: true, isKept: false)
        _ = checkPictureSizes()
        return snapshot()
    }

    /// What is known now, before the jobs that are left.
    private func snapshot() -> Plan {
        var warnings = NodeWarnings()
        var told: [String] = []
        let (scheduler, failures, remote) = state.withLock { ($0.scheduler, $0.failures, $0.foundRemotely) }
        let kept = keptWarnings(of: Array(needed.indices), scheduler)
        for index in needed.indices {
            for warning in kept[index] ?? [] where warnings.isNew(warning) { told.append(warning.message) }
        }
        return Plan(
            steps: needed.indices.map { index in
                let status = status(of: index, scheduler, failures)
                return Plan.Step(
                    index: index,
                    name: InstanceName(graph.instances[index]),
                    status: status,
                    isRemote: remote.contains(index)
                )
            },
            obstacles: delivery.obstacles(digests: scheduler.states.map(\.digest), tries: false),
            warnings: told + warnings.rest
        )
    }

    private func status(of index: Int, _ scheduler: Scheduler, _ failures: [Int: NodeFailure]) -> Plan.Status {
        let isReference = graph.instances[index].schema.evaluation == .reference
        switch scheduler.states[index].phase {
        case .cached, .follows: return .cached
        case .failed: return failures[index].map { .failed($0) } ?? .blocked(by: index)
        case .blocked(let cause): return .blocked(by: cause)
        case .skipped(let cause): return .skipped(by: cause)
        case _ where isReference: return .reference
        case .waiting(let cause), .running(let cause), .ran(let cause):
            return .run(reason(cause, for: index, scheduler))
        case .unresolved, .lookedUp:
            let inputs = needed.inputs[index].map(\.index)
            return .run(.inputs(inputs.filter { scheduler.states[$0].digest == nil }))
        }
    }

    /// What was decided, told with what the recipe's last run leaves to compare with.
    func reason(_ cause: RunCause, for index: Int, _ scheduler: Scheduler) -> RunReason {
        switch cause {
        case .reference: return .new
        case .forced: return .forced
        case .evicted: return .evicted
        case .missed:
            guard let last = history[graph.instances[index].title] else { return .new }
            if last == scheduler.states[index].key { return .forgotten }
            guard let components = store.components(of: last) else { return .new }
            return .changed(changes(of: index, since: components, scheduler))
        }
    }
}
