import Foundation

/// A cache that can only be read, with a value in it that is damaged.
struct ReadOnlyScenario: Scenario {
    let name = "read-only"
    let share = 0.7

    func attempt(_ trial: Trial) throws {
        let subject = trial.random.once(in: 2) ? Subject.pictures : .few
        try trial.place(subject)
        try Files.copy(trial.lab.cache(subject, trial.random.once(in: 4) ? .cut : .whole), to: trial.cache)
        let files = Files.list(trial.cache).filter { $0 == "cache.sqlite" || $0.hasPrefix("values/") }
        for _ in 0..<trial.random.int(in: 0...16) {
            guard let file = trial.random.pick(files) else { return }
            let path = "\(trial.cache)/\(file)"
            // Behind what every lookup reads, where the values are.
            let size = Files.size(path)
            Files.flipBit(trial.random.int(in: size * 4...size * 8 - 1), of: path)
            trial.counts.flips += 1
        }
        var rules: [FaultRule] = []
        var environment: [String: String] = [:]
        if trial.random.once(in: 2), geteuid() == 0 {
            Files.setWritable(false, trial.cache)
            chmod(trial.folder, 0o777)
            environment["FAULT_USER"] = "\(LimitScenario.user)"
        } else {
            let calls: [FaultRule.Call] = [.create, .mkdir, .rename, .unlink]
            rules = [FaultRule(calls: calls, pattern: "*/cache/*", when: .from(1), effect: "EROFS")]
        }
        trial.counts.faults += 1
        let run = try trial.run(rules: rules, environment: environment)
        if try !trial.judge(run, "with a read-only cache", names: [trial.cache]), case .exit = run.end {
            trial.fail(\.wrong, "with a read-only cache", run)
        }
        if run.warnings > 100 { trial.fail(\.hangs, "\(run.warnings) warnings", run) }
        Files.setWritable(true, trial.folder)
        try trial.settle(mayBeDamaged: true)
    }
}
