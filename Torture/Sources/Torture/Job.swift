/// What a process is started for.
enum Job: String, CaseIterable {
    /// A run from nothing.
    case run
    /// A run with a cache that knows everything, and no outputs.
    case warmRun
    /// A run that is told to stop while it trains.
    case stoppedRun
    /// `cache gc` to nothing, of a cache that knows everything.
    case collect

    var isWarm: Bool { self == .warmRun || self == .collect }

    func arguments(_ trial: Trial) -> [String] {
        switch self {
        case .run, .warmRun, .stoppedRun: trial.runArguments()
        case .collect: ["cache", "gc", "--max-size", "1KB", "--cache", trial.cache]
        }
    }
}
