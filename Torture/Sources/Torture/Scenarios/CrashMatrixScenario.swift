import Foundation

/// kill -9 at every named point in turn, each in a folder of its own and before a run that nobody disturbs.
struct CrashMatrixScenario: Scenario {
    let name = "points"
    let share = 1.0
    /// Some points are passed by luck, such as the order of two threads.
    private static let tries = 3

    func attempt(_ trial: Trial) throws {
        for point in NamedPoint.matrix(model: trial.lab.model) {
            for _ in 0..<Self.tries where try kill(at: point, trial) {
                trial.met(point.name)
                break
            }
        }
    }

    /// - Returns: whether a process died there.
    private func kill(at point: NamedPoint, _ trial: Trial) throws -> Bool {
        trial.empty()
        try trial.place(point.subject)
        try point.job.prepare(trial)
        guard let rule = point.rule(try trial.lab.trace(point.job, of: point.subject), &trial.random) else {
            return false
        }
        let child = try trial.start(point.job.arguments(trial), rules: [rule])
        point.job.finish(child, patience: trial.lab.patience)
        let isKilled = child.end == .signal(SIGKILL) && !child.hung
        if isKilled {
            trial.counts.kills += 1
        } else if point.job != .collect, child.end != .exit(143) {
            try trial.judge(Run(child), point.name)
        }
        try trial.settle()
        return isKilled
    }
}
