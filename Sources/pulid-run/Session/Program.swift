import Graph
import Kernels
import Nodes
import Runner

/// Where the engine and the mathematics meet: the nodes, the numerics, the threads.
enum Program {
    static let version = "0.1.0"

    static var registry: NodeRegistry { .builtin }

    /// - Parameter threads: how many the mathematics may use; nil for as many as there are processors.
    /// - Throws: when the linear algebra library cannot be loaded.
    static func environment(threads: Int?) throws -> RunEnvironment {
        RunEnvironment(numerics: try BLAS.numericsClass(), version: version) { work in
            guard let threads else { return try work() }
            return try Parallel.$width.withValue(threads) { try work() }
        }
    }
}
