import Foundation

/// Calls that fail: once, now and then, or from some moment on.
struct FaultScenario: Scenario {
    let name = "faults"
    let share = 4.0

    func attempt(_ trial: Trial) throws {
        let subject = try subject(trial)
        try trial.place(subject)
        let isWarm = trial.random.once(in: 3)
        let calls = try trial.lab.trace(isWarm ? .warmRun : .run, of: subject)
        if isWarm { try Files.copy(trial.lab.cache(subject), to: trial.cache) }
        let kinds = Set(calls).sorted { ($0.call.rawValue, $0.pattern) < ($1.call.rawValue, $1.pattern) }
        for _ in 0..<trial.random.int(in: 0...6) {
            guard let (_, _, run) = try harmed(kinds, calls, trial) else { return }
            if run.isSuccess { trial.startAnew() }
        }
        guard let (rule, kind, run) = try harmed(kinds, calls, trial) else { return }
        let clean = try trial.settle()
        if run.isSuccess, let ran = clean.ran, ran > 0, kind.call != .thread {
            if case .once = rule.when, kind.pattern.contains("/cache") {
                trial.fail(\.lost, "\(rule.text): once refused, and \(ran) results were not kept", run)
            } else if run.warnings == 0 {
                trial.fail(\.unclear, "\(rule.text): \(ran) results were not kept, without a word", run)
            }
        }
    }

    /// A run in which calls of one kind fail.
    private func harmed(_ kinds: [TracedCall], _ calls: [TracedCall], _ trial: Trial) throws -> (
        FaultRule, TracedCall, Run
    )? {
        guard let kind = trial.random.pick(kinds), let error = trial.random.pick(kind.call.errors) else { return nil }
        let number = trial.random.int(in: 1...calls.count { $0 == kind })
        let seed = trial.random.int(in: 1...1_000_000)
        let when = trial.random.pick([FaultRule.When.once(number), .from(number), .often(perMille: 200, seed: seed)])
        let rule = FaultRule(calls: [kind.call], pattern: kind.pattern, when: when ?? .once(1), effect: error)
        let run = try trial.run(["--jobs", "\(trial.random.int(in: 1...2))"], rules: [rule])
        trial.counts.faults += trial.faultsThatHappened()
        try trial.judge(run, rule.text, names: names(kind, trial))
        return (rule, kind, run)
    }

    private func subject(_ trial: Trial) throws -> Subject {
        switch trial.random.int(in: 1...20) {
        case 1...10: .few
        case 11...14: .pictures
        case 15...16: .weights(1)
        case 17...18: .photo(try trial.lab.photo("1.png"))
        case 19: .network(model: trial.lab.model)
        default: .training(model: trial.lab.model)
        }
    }

    /// What a message about the call may name.
    private func names(_ kind: TracedCall, _ trial: Trial) -> [String] {
        if kind.call == .thread { return ["thread"] }
        if kind.pattern == "stdout:" { return ["standard output"] }
        let last = (kind.pattern as NSString).lastPathComponent.filter { $0 != "*" }
        if kind.pattern.contains("/cache") { return [trial.cache, "cache.sqlite", "the cache"] }
        if kind.pattern.contains("/out") { return ["/out"] }
        return [last]
    }
}
