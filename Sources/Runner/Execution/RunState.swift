import Foundation
import Graph

/// All that changes while a run goes on, behind one lock.
struct RunState {
    var scheduler: Scheduler
    /// Jobs under way.
    var active = 0
    /// Jobs whose keys other processes are computing.
    var postponed: [PostponedJob] = []
    var summary = RunSummary()
    var failures: [Int: NodeFailure] = [:]
    /// Whether the plan was told of; until then, what is cached or skipped is only gathered.
    var isPlanned = false
    var knownAtPlan: [Int] = []
    /// What is counted as to run, by the plan or when it began since, and has not ended.
    var toRun: Set<Int> = []
    /// By instance: the files that it found and read, beside those that its parameters name.
    var foundFiles: [Int: [String]] = [:]
    /// Instances that a remote cache told the result of.
    var foundRemotely: Set<Int> = []
    /// Something that a remote cache told and that is not true.
    var falsehood: String?
    /// Whether results are kept, as a plan does not.
    var isKept = true

    /// By instance: the accepted picture of a baseline that has no file.
    var keptBaselines: [Int: Digest] = [:]

    init(_ scheduler: Scheduler) { self.scheduler = scheduler }
}

/// A job that has to wait for another process.
struct PostponedJob {
    let job: Scheduler.Job
    /// When to look again.
    var due: Date
    var delay: TimeInterval
    let since: Date
    /// Whether the user was told.
    var isTold: Bool
    let holder: String?
}
