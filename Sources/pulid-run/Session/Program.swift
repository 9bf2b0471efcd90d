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

    /// Names what decides bits of results and is not a node's own: the kernels, and the C library with its mathematics.
    static var numerics: String { [Gemm.numericsClass, libraryName].joined(separator: ", ") }

    /// `glibc 2.36`
    private static var libraryName: String {
        #if canImport(Glibc)
            var name = [CChar](repeating: 0, count: 64)
            confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count - 1)
            return String(cString: name)
        #else
            return ProcessInfo.processInfo.operatingSystemVersionString
        #endif
    }

    /// - Parameter threads: how many the mathematics may use
    static func environment(
        _ options: NumericsOptions,
        threads: Int = ProcessorReadings.here.least.count
    ) -> RunEnvironment {
        let precision = options.precision
        return RunEnvironment(
            numerics: numerics,
            precision: precision == .float32 ? nil : precision.keyName,
            version: version,
            // What is no index has no shards.
            companions: WeightFile.companions(of:)
        ) { usesPrecision, work in
            try ComputeSettings.with(precision: usesPrecision ? precision : .float32, threads: threads, work)
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
