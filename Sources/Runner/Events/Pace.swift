/// How fast a run goes, and how long it will take: what is left of each kind of node, at the mean time of that kind.
///
/// Times are seconds since the run began.
struct Pace {
    private struct Kind {
        var left = 0
        var done = 0
        var seconds = 0.0
    }

    /// A node that runs now.
    private struct Running {
        let kind: String
        let since: Double
        /// From 0 to 1.
        var fraction = 0.0

        /// What it will have taken in all; nil before it has said how far it is.
        func expected(at now: Double) -> Double? { fraction > 0 ? (now - since) / fraction : nil }
    }

    private var kinds: [String: Kind] = [:]
    /// By title.
    private var running: [String: Running] = [:]
    private(set) var done = 0
    private(set) var total = 0

    mutating func plan(_ work: PlannedWork) {
        (done, total) = (work.ran.values.reduce(0, +), work.totalToRun)
        for (kind, count) in work.toRun { kinds[kind, default: Kind()].left = count - work.ran[kind, default: 0] }
    }

    /// - Parameter isPlanned: whether the plan counts it; else there is one more to do than it says.
    mutating func start(_ name: InstanceName, isPlanned: Bool, at now: Double) {
        running[name.title] = Running(kind: name.kind, since: now)
        guard !isPlanned else { return }
        kinds[name.kind, default: Kind()].left += 1
        total += 1
    }

    mutating func progress(_ name: InstanceName, done: Int, total: Int) {
        guard total > 0 else { return }
        running[name.title]?.fraction = Double(done) / Double(total)
    }

    mutating func finish(_ name: InstanceName, seconds: Double) {
        running[name.title] = nil
        kinds[name.kind, default: Kind()].left -= 1
        kinds[name.kind, default: Kind()].done += 1
        kinds[name.kind, default: Kind()].seconds += seconds
        done += 1
    }

    mutating func fail(_ title: String) {
        guard let node = running.removeValue(forKey: title) else { return }
        kinds[node.kind, default: Kind()].left -= 1
    }

    /// It was to run, and need not.
    mutating func skip(_ name: InstanceName) {
        running[name.title] = nil
        kinds[name.kind, default: Kind()].left -= 1
        done += 1
    }

    /// Seconds left of the run, as things go.
    ///
    /// - Returns: nil before anything has finished or said how far it is.
    func secondsLeft(at now: Double) -> Double? {
        let finished = kinds.values.reduce(0) { $0 + $1.done }
        let mean = finished > 0 ? kinds.values.reduce(0) { $0 + $1.seconds } / Double(finished) : nil
        func expected(_ kind: String) -> Double? {
            if let known = kinds[kind], known.done > 0 { return known.seconds / Double(known.done) }
            return running.values.filter { $0.kind == kind }.compactMap { $0.expected(at: now) }.max() ?? mean
        }
        var left = 0.0
        var isKnown = false
        for (kind, work) in kinds where work.left > 0 {
            guard let seconds = expected(kind) else { continue }
            isKnown = true
            left += Double(work.left) * seconds
        }
        for node in running.values {
            left -= min(now - node.since, node.expected(at: now) ?? expected(node.kind) ?? 0)
        }
        // Nodes that run side by side take less than their sum.
        let spent = kinds.values.reduce(0) { $0 + $1.seconds } + running.values.reduce(0) { $0 + now - $1.since }
        guard isKnown || total > 0 && done == total, spent > 0 else { return nil }
        return max(0, left) * min(1, now / spent)
    }
}
