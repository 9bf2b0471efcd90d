import Store

/// What a remote cache did for a run.
public struct RemoteSummary: Sendable {
    public let name: String
    public let statistics: RemoteStatistics

    public init(name: String, _ statistics: RemoteStatistics) {
        self.name = name
        self.statistics = statistics
    }
}

/// What a run came to.
public struct RunSummary: Sendable {
    /// Nodes that were executed; one that stands for others of the same key counts once.
    public var ran = 0
    /// Nodes whose results were known.
    public var cached = 0
    public var failures: [NodeFailure] = []
    /// Nodes that were not run since one before them failed, or the run ended early.
    public var notRun = 0
    /// Nodes that were not run since one before them has nothing to give, as the recipe allows.
    public var skipped = 0
    public var outputs: [OutputReport] = []
    public var written: Int { outputs.count { if case .written = $0.outcome { true } else { false } } }
    public var unchanged: Int { outputs.count { if case .unchanged = $0.outcome { true } else { false } } }
    /// Files that could not be written.
    public var unwritten: Int { outputs.reduce(0) { $0 + ($1.failure == nil ? 0 : $1.files) } }
    public var expectations: [ExpectationReport] = []
    /// Those that could not be judged.
    public var unjudged: [UnjudgedExpectation] = []
    public var tables: [TableSummary] = []
    /// Pictures that are not like their baselines, by cause; the worst first.
    public var regressions: [RegressionGroup] = []
    /// Expectations that are met, but no longer by as much as the recipe wishes.
    public var warned: Int { expectations.count { $0.isWarning } }
    public var isInterrupted = false
    /// Whether a failure ended the run with work left that does not rest on it.
    public var endedEarly = false
    /// Results of a shard that are lost, as the cache could not be written.
    public var unkept = 0
    /// Bytes that the process took at most, of a shard: what its like are to ask for.
    public var peakMemory: Int?
    public var seconds: Double = 0
    /// What came of asking a remote cache, where there is one.
    public var remote: RemoteSummary?
    /// The page about the run, where one was asked for.
    public var page: OutputReport?
    /// What an interruption comes to: which signal it was, the run does not know.
    public var interruption = ExitStatus.interrupted
    /// What a missing baseline comes to, where nothing is worse.
    public var missingBaseline = ExitStatus.baselineMissing

    /// What became of the picture that is measured against a baseline, and those that have the same cause.
    ///
    /// - Parameter baseline: as seen from here.
    func regression(against baseline: String?) -> (Regression, in: RegressionGroup)? {
        for group in regressions {
            if let regression = group.members.first(where: { $0.baseline == baseline }) { return (regression, group) }
        }
        return nil
    }

    public init() {}

    public var exitStatus: ExitStatus {
        if isInterrupted { return interruption }
        let hasFailed = failures.contains { !$0.isMissingBaseline }
        if hasFailed || outputs.contains(where: { $0.failure != nil }) || page?.failure != nil { return .nodeFailed }
        if !failures.isEmpty { return missingBaseline }
        // Whatever the reason: what was asked for is not there.
        if notRun > 0 { return .nodeFailed }
        if unkept > 0 { return .temporaryFailure }
        return expectations.allSatisfy(\.isMet) ? .success : .expectationFailed
    }
}
