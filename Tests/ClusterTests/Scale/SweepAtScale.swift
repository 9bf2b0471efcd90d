/// A sweep on a cluster as docs/SCALE.md describes it, by figures that were measured or are said there; and what its shards
/// take by a formula that anybody can work out by hand.
struct SweepAtScale {
    var cells = 10_000
    /// Seconds of a cell on a usual node.
    var cellSeconds = 30.0
    /// How far cells are from that, to both sides, as a fraction of it.
    var cellSpread = 0.2
    var nodes = 64
    /// How far nodes' speeds are apart, as `cellSpread`.
    var nodeSpread = 0.1
    var shardsPerNode = 15
    /// Bytes of weights, read once by each node from a server that all share, and then from the node's memory.
    var weights = 10e9
    var serverBandwidth = 5e9
    var memoryBandwidth = 5e9
    /// Of the controller: from one start of a task to the next.
    var dispatchSeconds = 0.02
    /// Of a task beside its work: the scheduler's, the program's start, the plan.
    var startSeconds = 3.0
    /// The part of the nodes that fail for good, each at some time while the sweep runs.
    var failing = 0.0
    /// Until Slurm notices, and starts the task elsewhere.
    var noticeSeconds = 300.0

    var shards: Int { nodes * shardsPerNode }
    private var work: Double { Double(cells) * cellSeconds }
    private var taskSeconds: Double { work / Double(shards) + startSeconds + weights / memoryBandwidth }

    /// All nodes load at once at first, and share the server.
    var loading: Double { Double(nodes) * weights / serverBandwidth }

    /// From the first start to the last end of a shard. Nodes that fail are there for half of the time. In the end, half
    /// a task's time passes in which ever fewer nodes have work; where a node fails, its last task is begun anew.
    var makespan: Double {
        let there = Double(nodes) * (1 - failing / 2)
        let lost = failing > 0 ? noticeSeconds + taskSeconds / 2 : 0
        // The chance that one of those that fail does so during its last task, so that all wait for it.
        let late = 1 - power(1 - taskSeconds / (taskSeconds * Double(shardsPerNode)), Double(nodes) * failing)
        return loading + Double(shards) * taskSeconds / there + taskSeconds / 2 + late * lost
            + Double(nodes) * dispatchSeconds
    }

    /// The part of all nodes' time in which cells are computed, while the shards run.
    var busy: Double { work / (makespan * Double(nodes) * (1 - failing / 2)) }

    private func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(exponent.rounded()) { result *= base }
        return result
    }
}
