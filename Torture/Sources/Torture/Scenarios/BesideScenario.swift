import Foundation

/// `cache gc`, `clear`, `verify`, `list` and `stats` beside runs.
struct BesideScenario: Scenario {
    let name = "housekeeping"
    let share = 1.0

    func attempt(_ trial: Trial) throws {
        let subject = trial.random.once(in: 2) ? Subject.pictures : .few
        try trial.place(subject)
        if trial.random.once(in: 2) { try Files.copy(trial.lab.cache(subject), to: trial.cache) }
        let runs = try (0..<2).map { _ in try trial.start(trial.runArguments()) }
        let commands = [
            ["gc", "--max-size", "1KB"], ["gc", "--max-size", "1MB"], ["clear"], ["verify"], ["verify", "--repair"],
            ["list"],
            ["stats"],
        ]
        while runs.contains(where: { $0.end == nil && !$0.hung }) {
            guard let words = trial.random.pick(commands) else { return }
            let isThere = Files.exists(trial.cache + "/cache.sqlite")
            let command = try trial.start(["cache"] + words + ["--cache", trial.cache])
            Child.wait(for: [command] + runs, patience: trial.lab.patience) { command.end != nil }
            trial.counts.faults += 1
            let said = Run(command)
            let what = "cache \(words.joined(separator: " ")) beside two runs"
            if said.hung {
                trial.fail(\.hangs, what, said)
            } else if case .signal = said.end {
                trial.fail(\.crashes, what, said)
            } else if !said.isSuccess, isThere {
                trial.fail(\.unclear, what, said)
            }
            usleep(UInt32(trial.random.int(in: 0...30_000)))
        }
        for run in runs.map({ trial.finish($0) }) {
            if try !trial.judge(run, "beside gc, clear and verify", names: []), case .exit = run.end {
                trial.fail(\.wrong, "beside gc, clear and verify", run)
            }
        }
        try trial.settle()
    }
}
