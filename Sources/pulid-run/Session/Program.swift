import Checkpoints
import Foundation
import Graph
import Kernels
import Nodes
import Report
import Runner
import Synchronization

/// Where the engine and the mathematics meet: the nodes, the numerics, the threads.
enum Program {
    static let version = "0.1.0"

    /// As reports have it.
    static func description(_ options: NumericsOptions) -> ReportSubject.Program {
        ReportSubject.Program(
            version: version,
            numerics: Gemm.numericsClass,
            precision: options.precision.keyName
        )
    }

    static var registry: NodeRegistry { .builtin }

    /// - Parameters:
    ///   - threads: how many the mathematics may use
    ///   - copies: which files' weights are copied into memory
    ///   - previews: where pictures are shown that are being made
    ///   - team: who trains together with this process
    static func environment(
        _ options: NumericsOptions,
        threads: Int = ProcessorReadings.here.least.count,
        copies: WeightCopies = WeightCopies { _, _ in false },
        previews: (any Previews)? = nil,
        team: SharedTraining? = nil
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
            preview: preview,
            team: team
        ) { usesPrecision, work in
            nodes.begin()
            defer { nodes.end() }
            return try SharedTraining.$current.withValue(team) {
                try WeightCopies.$wanted.withValue(copies) {
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
}

extension SharedTraining: NodeTeam {}

/// Gives memory back whenever the last of the nodes that work is done: what they worked in, and the pages of weights.
private final class NodesAtWork: Sendable {
    private let count = Atomic<Int>(0)

    func begin() { count.wrappingAdd(1, ordering: .relaxed) }

    func end() {
        guard count.wrappingSubtract(1, ordering: .relaxed).newValue == 0 else { return }
        FloatPool.shared.giveBack()
        MappedFile.givePagesBack()
    }
}

extension ComputeSettings.Precision {
    /// As keys have it.
    fileprivate var keyName: String {
        switch self {
        case .float32: "float32"
        case .plainSums: "plain sums"
        case .bfloat16, .int8: roundedName ?? rawValue
        }
    }
}
