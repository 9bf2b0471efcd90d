import Synchronization
import Tensors

/// Where the time of a network goes, by kind of operation.
struct Profile {
    enum Kind: String, CaseIterable {
        case linear, convolution, attention, norms, activations, rest
    }

    private(set) var seconds: [Kind: Double] = [:]
    /// By the operation's own name.
    private(set) var operations: [String: Double] = [:]
    let total: Double

    /// Runs `body` once.
    init(_ body: () throws -> Void) rethrows {
        let log = Mutex<[String: Double]>([:])
        total = try Clock.wall.seconds {
            let observer = OperationObserver { operation, duration in
                log.withLock { $0[operation, default: 0] += duration / .seconds(1) }
            }
            try OperationObserver.$current.withValue(observer) { try body() }
        }
        operations = log.withLock { $0 }
        for (operation, time) in operations { seconds[Self.kind(of: operation), default: 0] += time }
        // What no operation counts: memory, and the code between.
        seconds[.rest, default: 0] += total - operations.values.reduce(0, +)
    }

    private static func kind(of operation: String) -> Kind {
        switch operation.prefix(while: { $0 != "(" }) {
        case "linear": .linear
        case "conv2d": .convolution
        case "scaledDotProductAttention", "identityAttention": .attention
        case "groupNorm", "layerNorm": .norms
        case "silu", "geglu", "gelu", "quickGELU", "sigmoid": .activations
        default: .rest
        }
    }

    /// `linear 71 %, convolution 20 %, ...`
    var summary: String {
        Kind.allCases.map { kind in
            "\(kind.rawValue) \(rounded((seconds[kind] ?? 0) / total * 100, digits: 1)) %"
        }.joined(separator: ", ")
    }

    /// Every operation with its seconds, the largest first.
    var listing: String {
        operations.sorted { $0.value > $1.value }
            .map { "  - \($0.key): \(rounded($0.value * 1000, digits: 1)) ms" }.joined(separator: "\n")
    }
}
