/// How fast a run goes, and how long it will take: what is left of each kind of node, at the mean time of that kind.
struct Pace {
    private struct Kind {
        var left = 0
        var done = 0
        var seconds = 0.0
    }

    private var kinds: [String: Kind] = [:]
    /// How far the nodes are that run now, by title, from 0 to 1.
    private var fractions: [String: (kind: String, fraction: Double)] = [:]
    private(set) var done = 0
    private(set) var total = 0

    mutating func plan(_ work: PlannedWork) {
        total = work.totalToRun
        for (kind, count) in work.toRun { kinds[kind, default: Kind()].left = count - (kinds[kind]?.done ?? 0) }
    }

    mutating func progress(_ name: InstanceName, done: Int, total: Int) {
        guard total > 0 else { return }
        fractions[name.title] = (name.kind, Double(done) / Double(total))
    }

    mutating func finish(_ name: InstanceName, seconds: Double) {
        fractions[name.title] = nil
        kinds[name.kind, default: Kind()].left -= 1
        kinds[name.kind, default: Kind()].done += 1
        kinds[name.kind, default: Kind()].seconds += seconds
        done += 1
    }

    /// It was to run, and need not.
    mutating func skip(_ name: InstanceName) {
        kinds[name.kind, default: Kind()].left -= 1
        done += 1
    }

    /// Seconds left, as things go.
    ///
    /// - Parameter elapsed: seconds since the run began: nodes that ran side by side took less than their sum.
    /// - Returns: nil before anything has finished.
    func secondsLeft(elapsed: Double) -> Double? {
        let spent = kinds.values.reduce(0) { $0 + $1.seconds }
        let finished = kinds.values.reduce(0) { $0 + $1.done }
        guard finished > 0, spent > 0 else { return nil }
        func mean(_ kind: String) -> Double {
            guard let known = kinds[kind], known.done > 0 else { return spent / Double(finished) }
            return known.seconds / Double(known.done)
        }
        var left = kinds.reduce(0) { $0 + Double(max(0, $1.value.left)) * mean($1.key) }
        for (kind, fraction) in fractions.values { left -= fraction * mean(kind) }
        return max(0, left) * min(1, elapsed / spent)
    }
}
