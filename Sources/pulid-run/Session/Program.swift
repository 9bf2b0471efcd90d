import Checkpoints
import Foundation
import Graph
import Kernels
import Nodes
import Runner
import Synchronization

/// Where the engine and the mathematics meet: the nodes, the numerics, the threads.
enum Program {
    static let version = "0.1.0"

    static var registry: NodeRegistry { .builtin }

    /// - Parameters:
    ///   - threads: how many the mathematics may use
    ///   - copies: which files' weights are copied into memory
    ///   - previews: the folder that shows pictures that are being made
    static func environment(
        _ options: NumericsOptions,
        threads: Int = ProcessorReadings.here.least.count,
        copies: WeightCopies = WeightCopies { _, _ in false },
        previews: PreviewFolder? = nil
    ) -> RunEnvironment {
        let (precision, kernels) = (options.precision, options.kernels)
        let nodes = NodesAtWork()
        var preview: (@Sendable (InstanceName, PreviewPicture) -> Void)?
        if let previews { preview = { previews.show($1, of: $0) } }
        return RunEnvironment(
            numerics: Gemm.numericsClass,
            precision: precision == .float32 ? nil : precision.keyName,
            version: version,
            // What is no index has no shards.
            companions: WeightFile.companions(of:),
            preview: preview
        ) { usesPrecision, work in
            nodes.begin()
            defer { nodes.end() }
            return try WeightCopies.$wanted.withValue(copies) {
                try ComputeSettings.with(
                    precision: usesPrecision ? precision : .float32,
                    kernels: kernels,
                    threads: threads,
                    work
                )
            }
        }
    }
}

/// Gives working memory back whenever the last of the nodes that work is done.
private final class NodesAtWork: Sendable {
    private let count = Atomic<Int>(0)

    func begin() { count.wrappingAdd(1, ordering: .relaxed) }

    func end() {
        if count.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { FloatPool.shared.giveBack() }
    }
}

extension ComputeSettings.Precision {
    /// As keys have it.
    fileprivate var keyName: String {
        switch self {
        case .float32: "float32"
        case .plainSums: "plain sums"
        case .bfloat16: Gemm.bfloat16Class
        }
    }
}
