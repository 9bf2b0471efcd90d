import Graph
import Store

extension RecipeRun {
    /// What a run would do. Readers of files whose results are not known are run, to know by content what follows;
    /// nothing is kept but the digests of files.
    public func plan() -> Plan {
        begin()
        while let job = scheduler.next(early: true) { perform(job, isKept: false) }
        return snapshot()
    }

    /// What is known now, before the jobs that are left.
    func snapshot() -> Plan {
        Plan(
            steps: scheduler.needed.indices.map { index in
                Plan.Step(index: index, name: InstanceName(graph.instances[index]), status: status(of: index))
            }
        )
    }

    private func status(of index: Int) -> Plan.Status {
        switch scheduler.phases[index] {
        case .cached: return .cached
        case .failed:
            guard let failure = failures[index] else { return .blocked(by: index) }
            return .failed(failure)
        case .blocked(let cause): return .blocked(by: cause)
        case .ran:
            return graph.instances[index].schema.evaluation == .reference ? .reference : .run(reason(for: index))
        case .waiting:
            if graph.instances[index].schema.evaluation == .reference { return .reference }
            return scheduler.isFollower(index) ? .cached : .run(reason(for: index))
        case .unresolved:
            if graph.instances[index].schema.evaluation == .reference { return .reference }
            return .run(.inputs(scheduler.needed.inputs[index].filter { scheduler.digests[$0] == nil }))
        }
    }

    private func reason(for index: Int) -> RunReason {
        if isForced(index) { return .forced }
        if scheduler.evicted.contains(index) { return .evicted }
        guard let key = scheduler.keys[index], let last = history[graph.instances[index].title] else { return .new }
        if last == scheduler.keyDigests[index] { return .forgotten }
        guard let components = store.components(of: last) else { return .new }
        return .changed(KeyChange.between(components, KeyComponents(key)))
    }
}
