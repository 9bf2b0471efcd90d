/// For GNU parallel: a line for each shard. Each line may be run by hand.
public struct ParallelLines: CustomStringConvertible {
    private let job: SweepJob

    public init(_ job: SweepJob) { self.job = job }

    public var description: String {
        ((job.hasShared ? 0 : 1)...job.shards).map { job.shardCommand("\($0)/\(job.shards)") + "\n" }.joined()
    }
}
