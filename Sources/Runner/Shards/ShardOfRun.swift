import Graph

/// One part of a recipe's work, and how the work is divided.
public struct ShardOfRun: Sendable {
    public let shard: Shard
    private let file: DivisionFile?

    /// - Parameter file: what divides the work; without it all of it is divided, whether it is done or not, by what is
    ///   usual: nothing that changes while shards run moves the cuts.
    public init(_ shard: Shard, of file: DivisionFile? = nil) {
        self.shard = shard
        self.file = file
    }

    /// - Throws: `DivisionError`.
    func division(of graph: ExecutionGraph, _ needed: NeededInstances) throws -> Division {
        guard let file else { return Division(of: ShardedWork(all: needed, of: graph), into: shard.count) }
        return try file.division(of: graph, into: shard.count)
    }
}

extension ShardedWork {
    /// Loading a model where its size is not looked at.
    private static let usualLoading = 10.0

    /// Everything, whatever is there already.
    init(all needed: NeededInstances, of graph: ExecutionGraph) {
        var isMissing = Array(repeating: false, count: graph.instances.count)
        var seconds = Array(repeating: 0.0, count: graph.instances.count)
        for index in needed.indices {
            let instance = graph.instances[index]
            isMissing[index] = instance.schema.evaluation != .reference
            seconds[index] = isMissing[index] ? CostEstimate.usual(instance) : Self.usualLoading
        }
        self.init(graph: graph, needed: needed, isMissing: isMissing, seconds: seconds)
    }
}
