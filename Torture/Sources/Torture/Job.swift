import Glibc

/// What a process is started for.
enum Job: String, CaseIterable {
    /// A run from nothing.
    case run
    /// A run with a cache that knows everything, and no outputs.
    case warmRun
    /// A run that is told to stop after a few steps of a long node.
    case stoppedRun
    /// A run that goes on from there.
    case resumedRun
    /// `cache gc` to nothing, of a cache that knows everything.
    case collect

    func arguments(_ trial: Trial) -> [String] {
        switch self {
        case .run, .warmRun, .stoppedRun, .resumedRun: trial.runArguments()
        case .collect: ["cache", "gc", "--max-size", "1KB", "--cache", trial.cache]
        }
    }

    /// Lays the cache that the job begins with into a trial.
    func prepare(_ trial: Trial) throws {
        switch self {
        case .run, .stoppedRun: break
        case .warmRun, .collect: try Files.copy(trial.lab.cache(trial.subject), to: trial.cache)
        case .resumedRun: try Files.copy(trial.lab.cache(trial.subject, .stopped), to: trial.cache)
        }
    }

    /// Waits for the end of a process that was started for this job.
    func finish(_ child: Child, patience: Double) {
        var isTold = self != .stoppedRun
        Child.wait(for: [child], patience: patience) {
            if !isTold, child.lines.contains(where: { $0.text.contains("\"done\": 3,") }) {
                isTold = true
                child.send(SIGTERM)
            }
            return false
        }
    }
}
