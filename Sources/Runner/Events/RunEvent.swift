import Graph

/// What happens in a run, as data; reporters make text of it.
public enum RunEvent: Sendable {
    /// What is known before anything but readers of files has run; of those, what happens to them is told before it.
    case planned(recipe: String, PlannedWork)
    /// - because: why it runs, in a few words; only where the run is to give reasons
    /// - isPlanned: whether the plan counts it as to run; else its value was known, and is needed and gone.
    case started(InstanceName, because: String?, isPlanned: Bool)
    /// There is nothing to do but to wait for another process that computes the same; which, where that can be told.
    case waiting(InstanceName, for: String?)
    /// - note: how it stands, where a node says more than its steps
    case progress(InstanceName, done: Int, total: Int, note: String?)
    case finished(InstanceName, seconds: Double, digest: Digest)
    /// - isPlanned: whether the plan counts it as cached, or as one that another stands for; else it was to run, and its
    ///   inputs came out as before.
    case cached(InstanceName, digest: Digest, isPlanned: Bool)
    case failed(NodeFailure)
    /// At the end of the run: it was not run, since another node failed that it rests on.
    case blocked(InstanceName, by: InstanceName)
    /// The fields of a result that were measured; of every result, where the run is to tell.
    case measured(InstanceName, [String: Double])
    /// It is not run, since another node has nothing to give that it rests on.
    /// - isPlanned: whether the plan knew it.
    case skipped(InstanceName, by: InstanceName, isPlanned: Bool)
    case output(OutputReport)
    case expectation(ExpectationReport)
    case warning(String)
    /// Of one of its cells; other cells may have the same to say.
    case nodeWarning(NodeWarning)
    case summary(RunSummary)
}

/// How much there is to do.
public struct PlannedWork: Hashable, Sendable {
    public var cached = 0
    /// Nodes that run unless their inputs come out as before, by kind; with those that planning itself has run.
    public var toRun: [String: Int] = [:]
    /// Of these, those that planning itself has run.
    public var ran: [String: Int] = [:]

    public init() {}

    public var totalToRun: Int { toRun.values.reduce(0, +) }
}
