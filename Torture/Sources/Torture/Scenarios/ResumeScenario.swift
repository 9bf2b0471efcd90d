import Foundation

/// Trainings and a render that are stopped, and their checkpoints flipped, cut, replaced or taken away.
struct ResumeScenario: Scenario {
    let name = "resumes"
    let share = 3.0

    private enum Harm: CaseIterable { case none, flipped, cut, empty, foreign, folder, unreadable }

    func attempt(_ trial: Trial) throws {
        let model = trial.lab.model
        try trial.place(trial.random.once(in: 3) ? .render(model: model) : .training(model: model))
        // What each stopped node had reached, where nobody has harmed it since.
        var reached: [String: Int] = [:]
        for _ in 0..<trial.random.int(in: 1...4) {
            let signal = trial.random.pick([SIGKILL, SIGTERM, SIGTERM, SIGINT, SIGHUP]) ?? SIGTERM
            let step = trial.random.int(in: 1...15)
            let child = try trial.start(trial.runArguments())
            Child.wait(for: [child], patience: trial.lab.patience) {
                child.lines.last { $0.text.contains("\"progress\"") }?.text.contains("\"done\": \(step),") == true
            }
            child.send(signal)
            let run = trial.finish(child)
            judgeResumed(run, reached, "after a stop", trial)
            switch (signal, run.end) {
            case _ where run.hung: trial.fail(\.hangs, "signal \(signal)", run)
            case (SIGKILL, .signal(SIGKILL)): trial.counts.kills += 1
            case (SIGTERM, .exit(143)), (SIGINT, .exit(130)), (SIGHUP, .exit(129)), (SIGHUP, .exit(143)):
                trial.counts.faults += 1
            // It was done before.
            case (_, .exit(0)): break
            default: trial.fail(\.crashes, "signal \(signal)", run)
            }
            if signal == SIGKILL {
                reached = reached.filter { run.finished[$0.key] == nil }
            } else {
                reached = run.steps.filter { run.finished[$0.key] == nil }.mapValues(\.upperBound)
            }
            if try harm(trial) { reached = [:] }
        }
        let clean = try trial.settle(mayBeDamaged: true)
        judgeResumed(clean, reached, "the clean run", trial)
    }

    private func judgeResumed(_ run: Run, _ reached: [String: Int], _ when: String, _ trial: Trial) {
        for (node, step) in reached {
            guard let first = run.steps[node]?.lowerBound, first < step else { continue }
            trial.fail(\.lost, "\(when): \(node) was at step \(step) and goes on from \(first)", run)
        }
    }

    /// - Returns: whether anything was harmed.
    private func harm(_ trial: Trial) throws -> Bool {
        let work = trial.cache + "/work"
        let files = Files.list(work).map { "\(work)/\($0)" }
        guard let path = trial.random.pick(files), let harm = trial.random.pick(Harm.allCases + [.flipped, .flipped])
        else {
            return false
        }
        let size = Files.size(path)
        switch harm {
        case .none: return false
        case .flipped:
            guard size > 0 else { return false }
            for _ in 0..<(trial.random.pick([1, 1, 2, 8, 64]) ?? 1) {
                Files.flipBit(trial.random.int(in: 0...size * 8 - 1), of: path)
                trial.counts.flips += 1
            }
            return true
        case .cut: truncate(path, off_t(trial.random.int(in: 0...max(size - 1, 0))))
        case .empty: truncate(path, 0)
        case .foreign:
            try Files.write(Subject.weights(1).files["one.safetensors"] ?? Data(), to: path)
        case .folder:
            Files.remove(path)
            try Files.makeFolder(path)
        case .unreadable:
            // To root nothing is unreadable: a link to nowhere is, to everyone.
            Files.remove(path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        }
        trial.counts.faults += 1
        return true
    }
}
