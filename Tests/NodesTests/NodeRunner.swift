import Checkpoints
import Foundation
import Graph
import Nodes
import Testing

/// Runs single nodes as the engine would, without its cache.
struct NodeRunner {
    let context: RunContext

    init(residents: Residents = Residents(), warn: @escaping @Sendable (String) -> Void = { _ in }) {
        context = RunContext(
            fileDigest: NodeRunner.fileDigest,
            warn: warn,
            residents: residents
        )
    }

    init(context: RunContext) { self.context = context }

    /// Of a file and those that are read with it.
    static func fileDigest(_ path: String) throws -> Digest {
        let files = try [path] + WeightFile.companions(of: path)
        return Digest(of: try files.flatMap { try Data(contentsOf: URL(fileURLWithPath: $0)) })
    }

    /// - Parameters:
    ///   - parameters: those that have no default, and others at will
    ///   - inputs: by port
    func run<Output: Artifact>(
        _ kind: String,
        as type: Output.Type = Output.self,
        _ parameters: [String: Value] = [:],
        inputs: [String: any Artifact] = [:]
    ) throws -> Output {
        try run(kind, as: type, parameters, several: inputs.mapValues { [$0] })
    }

    /// - Parameter inputs: by port, in order
    func run<Output: Artifact>(
        _ kind: String,
        as type: Output.Type = Output.self,
        _ parameters: [String: Value] = [:],
        several inputs: [String: [any Artifact]]
    ) throws -> Output {
        let schema = try #require(NodeRegistry.builtin[kind])
        let node = try schema.bind(
            parameters: parameters,
            inputs: inputs.mapValues { $0.map { InputValue(cell: Cell(), $0) } }
        )
        return try #require(try node.run(context) as? Output)
    }
}
