/// How fast the nodes go that run now, each by itself: with several jobs their steps come interleaved.
struct StepRates {
    struct Steps {
        var done: Int
        var total: Int
        var note: String?
        /// When the first of them was told of, and how many were done then: what a node does before its steps, such as
        /// reading weights, says nothing of their pace.
        let since: ContinuousClock.Instant
        let doneAtStart: Int

        /// Seconds a step takes; nil before a step has been seen from beginning to end.
        func seconds(at now: ContinuousClock.Instant) -> Double? {
            guard done > doneAtStart else { return nil }
            return (now - since) / .seconds(1) / Double(done - doneAtStart)
        }

        /// What the steps to come take, as things go.
        func secondsLeft(at now: ContinuousClock.Instant) -> Double? {
            seconds(at: now).map { $0 * Double(max(0, total - done)) }
        }
    }

    /// By title.
    private var running: [String: Steps] = [:]

    subscript(name: InstanceName) -> Steps? { running[name.title] }

    mutating func progress(
        _ name: InstanceName,
        done: Int,
        total: Int,
        note: String?,
        now: ContinuousClock.Instant
    ) {
        var steps = running[name.title] ?? Steps(done: done, total: total, since: now, doneAtStart: done)
        (steps.done, steps.total, steps.note) = (done, total, note)
        running[name.title] = steps
    }

    mutating func end(_ title: String) { running[title] = nil }
}
