import Graph
import Store

extension RecipeRun {
    /// Bytes a second that loading a model is reckoned with.
    private static let loadingRate = 500e6

    /// Divides what a plan says is missing, by what its like took before.
    ///
    /// - Parameters:
    ///   - plan: this run's own.
    ///   - count: how many shards, at least one.
    public func division(of plan: Plan, into count: Int) -> Division { Division(of: work(left: plan), into: count) }

    /// Divides everything, whatever is there, as shards do that have no file to go by; and says what is left to do of each
    /// part, by what its like took before.
    public func fixedDivision(for plan: Plan, into count: Int) -> Division {
        Division(of: ShardedWork(all: needed, of: graph), into: count).measured(by: work(left: plan))
    }

    /// What loading the files takes that a plan's missing nodes read, altogether, in bytes: what a machine needs that does
    /// all of it.
    public func weightBytes(of plan: Plan) -> Int {
        plan.steps.reduce(0) { sum, step in
            graph.instances[step.index].schema.evaluation == .reference ? sum + bytes(readBy: step.index) : sum
        }
    }

    private func work(left plan: Plan) -> ShardedWork {
        let states = state.withLock { $0.scheduler.states }
        var isMissing = Array(repeating: false, count: graph.instances.count)
        for step in plan.steps where step.runs { isMissing[step.index] = true }
        let known = needed.indices.filter { states[$0].digest != nil && !isMissing[$0] }
        let keyed = known.compactMap { index in states[index].key.map { (index: index, key: $0) } }
        var measured: [Int: Double] = [:]
        for ((index, _), result) in zip(keyed, store.results(for: keyed.map(\.key))) {
            if let result { measured[index] = result.cost }
        }
        let missing = needed.indices.filter { isMissing[$0] }
        let estimate = CostEstimate(graph, measured: measured, missing: missing, store: store)
        var seconds = Array(repeating: 0.0, count: graph.instances.count)
        for index in needed.indices {
            if isMissing[index] {
                seconds[index] = estimate.seconds(of: graph.instances[index])
            } else if graph.instances[index].schema.evaluation == .reference {
                seconds[index] = Double(bytes(readBy: index)) / Self.loadingRate
            }
        }
        return ShardedWork(graph: graph, needed: needed, isMissing: isMissing, seconds: seconds)
    }

    /// Of the files that a node itself names.
    private func bytes(readBy index: Int) -> Int {
        Set(filesRead(by: index)).reduce(0) { $0 + Int(FileIdentity(path: $1)?.size ?? 0) }
    }
}
