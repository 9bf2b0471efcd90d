import Graph

/// What happens in a run, as data; reporters make text of it.
public enum RunEvent: Sendable {
    /// What is known before anything but readers of files has run.
    case planned(recipe: String, cached: Int, toRun: Int)
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
