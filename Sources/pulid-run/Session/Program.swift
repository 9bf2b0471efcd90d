import Checkpoints
import Foundation
import Graph
import Kernels
import Nodes
import Runner

/// Where the engine and the mathematics meet: the nodes, the numerics, the threads.
enum Program {
    static let version = "0.1.0"

    static var registry: NodeRegistry { .builtin }

    /// - Parameter threads: how many the mathematics may use
    static func environment(
        _ options: NumericsOptions,
        threads: Int = ProcessorReadings.here.least.count
    ) -> RunEnvironment {
        let precision = options.precision
        return RunEnvironment(
            numerics: Gemm.numericsClass,
            precision: precision == .float32 ? nil : precision.keyName,
            version: version,
            // What is no index has no shards.
            companions: WeightFile.companions(of:)
        ) { usesPrecision, work in
            defer { FloatPool.shared.giveBack() }
            return try ComputeSettings.with(precision: usesPrecision ? precision : .float32, threads: threads, work)
        }
    }
}

extension ComputeSettings.Precision {
    /// As keys have it.
    fileprivate var keyName: String {
        switch self {
        case .float32: "float32"
        case .plainSums: "plain sums"
        }
    }
}
