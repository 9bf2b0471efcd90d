import Graph

/// What happens in a run, as data; reporters make text of it.
public enum RunEvent: Sendable {
    /// What is known before anything but readers of files has run.
    case planned(recipe: String, PlannedWork)
    case started(InstanceName)
    case progress(InstanceName, done: Int, total: Int)
    case finished(InstanceName, seconds: Double, digest: Digest)
    case cached(InstanceName, digest: Digest)
    case failed(NodeFailure)
    case output(OutputReport)
    case expectation(ExpectationReport)
    case warning(String)
    case summary(RunSummary)
}

/// How much there is to do.
public struct PlannedWork: Hashable, Sendable {
    public var cached = 0
    /// Nodes that run unless their inputs come out as before, by kind; with those that planning itself has run.
    public var toRun: [String: Int] = [:]

    public init() {}

    public var totalToRun: Int { toRun.values.reduce(0, +) }
}
