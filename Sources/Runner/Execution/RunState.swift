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
    /// Whether the plan was told of; until then, what the cache gives is only gathered.
    var isPlanned = false
    var cachedAtPlan: [Int] = []
    /// By instance: the files that it read itself.
    var files: [Int: [String]] = [:]
    /// Instances that a remote cache told the result of.
    var foundRemotely: Set<Int> = []
    /// Something that a remote cache told and that is not true.
    var falsehood: String?
    /// Whether results are kept, as a plan does not.
    var isKept = true

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
