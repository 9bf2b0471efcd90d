/// How far a run is: what reporters say beside what happens.
struct RunProgress {
    private let start: ContinuousClock.Instant
    private(set) var isPlanned = false
    private var pace = Pace()
    private(set) var steps = StepRates()
    /// The nodes that run now, those that were begun first at first.
    private(set) var running: [InstanceName] = []
    /// What other processes compute, and this one needs.
    private(set) var awaited: [InstanceName] = []

    init(start: ContinuousClock.Instant) { self.start = start }

    var done: Int { pace.done }
    var total: Int { pace.total }

    mutating func receive(_ event: RunEvent, at now: ContinuousClock.Instant) {
        switch event {
        case .planned(_, let work):
            pace.plan(work)
            isPlanned = true
        case .started(let name, _, let isPlanned):
            awaited.removeAll { $0 == name }
            running.append(name)
            pace.start(name, isPlanned: isPlanned, at: seconds(now))
        case .waiting(let name, _): awaited.append(name)
        case .progress(let name, let done, let total, let note):
            pace.progress(name, done: done, total: total)
            steps.progress(name, done: done, total: total, note: note, now: now)
        case .finished(let name, let seconds, _):
            pace.finish(name, seconds: seconds)
            end(name.title)
        case .cached(let name, _, let isPlanned):
            if !isPlanned { pace.skip(name) }
            end(name.title)
        case .skipped(let name, _, let isPlanned):
            if !isPlanned { pace.skip(name) }
            end(name.title)
        case .failed(let failure):
            pace.fail(failure.title)
            end(failure.title)
        case .blocked, .measured, .output, .expectation, .warning, .nodeWarning, .summary: break
        }
    }

    private mutating func end(_ name: @autoclosure () -> String) {
        // Thousands of cached nodes end that nobody saw begin.
        guard !running.isEmpty || !awaited.isEmpty else { return }
        let title = name()
        steps.end(title)
        running.removeAll { $0.title == title }
        awaited.removeAll { $0.title == title }
    }

    /// Seconds left of the run, as things go; nil while nothing can be said.
    func secondsLeft(at now: ContinuousClock.Instant) -> Double? { pace.secondsLeft(at: seconds(now)) }

    /// Nodes a second since the run began; nil before one is done.
    func rate(at now: ContinuousClock.Instant) -> Double? {
        let seconds = seconds(now)
        return done > 0 && seconds > 0 ? Double(done) / seconds : nil
    }

    private func seconds(_ now: ContinuousClock.Instant) -> Double { (now - start) / .seconds(1) }
}
