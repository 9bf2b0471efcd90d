/// For HyperQueue: what `hq submit --from-json` reads, a task for each number, which the task has as `HQ_ENTRY`.
public struct HyperQueueJob: CustomStringConvertible {
    private let job: SweepJob

    public init(_ job: SweepJob) { self.job = job }

    public var description: String { "[" + (1...job.shards).map { "\($0)" }.joined(separator: ", ") + "]\n" }
}
