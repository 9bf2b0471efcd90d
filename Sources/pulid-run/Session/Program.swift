import Checkpoints
import Graph
import Kernels
import Nodes
import Runner

/// Where the engine and the mathematics meet: the nodes, the numerics, the threads.
enum Program {
    static let version = "0.1.0"

    static var registry: NodeRegistry { .builtin }

    /// - Parameter threads: how many the mathematics may use; nil for as many as there are processors.
    static func environment(_ numerics: NumericsOptions, threads: Int? = nil) -> RunEnvironment {
        let isExact = numerics.exact
        let name = Gemm.numericsClass + (isExact ? ", exact" : "")
        return RunEnvironment(
            numerics: name,
            version: version,
            // What is no index has no shards.
            companions: { path in (try? WeightFile.companions(of: path)) ?? [] }
        ) { work in
            try Numerics.$isExact.withValue(isExact) {
                guard let threads else { return try work() }
                return try Parallel.$width.withValue(threads) { try work() }
            }
        }
    }
}
