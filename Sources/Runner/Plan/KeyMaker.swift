import Graph
import Synchronization

/// Makes the keys of a run's instances.
final class KeyMaker: Sendable {
    private let graph: ExecutionGraph
    private let numerics: String
    /// Of instances that name files: their parameters with the files' digests in place of their paths.
    private let contents = Mutex<[Int: [String: Value]]>([:])

    init(graph: ExecutionGraph, numerics: String) {
        self.graph = graph
        self.numerics = numerics
    }

    func set(_ contentParameters: [String: Value], of index: Int) {
        contents.withLock { $0[index] = contentParameters }
    }

    func key(of index: Int, inputs: [String: [CacheKey.InputDigest]]) -> CacheKey {
        let instance = graph.instances[index]
        let schema = instance.schema
        return CacheKey(
            kind: schema.name,
            version: schema.version,
            parameters: schema.readsFiles
                ? contents.withLock { $0[index] } ?? instance.parameters : instance.parameters,
            inputs: inputs,
            numerics: schema.numerics.isEmpty ? numerics : "\(numerics); \(schema.numerics)"
        )
    }
}
