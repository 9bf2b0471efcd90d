import Graph
import Synchronization

/// Makes the keys of a run's instances.
final class KeyMaker: Sendable {
    /// By port, in the order of the ports' names.
    typealias Inputs = [(port: String, digests: [CacheKey.InputDigest])]

    /// What the cells of a node share.
    private struct Shared {
        let template: KeyTemplate
        /// The parameters that the template leaves open: those that vary, and those that name files.
        let open: [String]
    }

    private let graph: ExecutionGraph
    private let environment: RunEnvironment
    private let shared: [ObjectIdentifier: Shared]
    /// Of instances that name files.
    private let contents = Mutex<[Int: Contents]>([:])

    /// The parameters of an instance that name files, with the files' digests in place of their paths. Mostly it is one
    /// file, and there may be thousands of instances.
    private enum Contents {
        case file(parameter: String, Digest)
        case several([String: Value])

        init(_ parameters: [String: Value]) {
            if parameters.count == 1, case (let name, .string(let text))? = parameters.first,
                let digest = Digest(hex: text), digest.hex == text
            {
                self = .file(parameter: name, digest)
            } else {
                self = .several(parameters)
            }
        }

        subscript(name: String) -> Value? {
            switch self {
            case .file(let parameter, let digest): parameter == name ? .string(digest.hex) : nil
            case .several(let parameters): parameters[name]
            }
        }

        var all: [String: Value] {
            switch self {
            case .file(let parameter, let digest): [parameter: .string(digest.hex)]
            case .several(let parameters): parameters
            }
        }
    }

    init(graph: ExecutionGraph, environment: RunEnvironment) {
        self.graph = graph
        self.environment = environment
        var shared: [ObjectIdentifier: Shared] = [:]
        for instance in graph.instances where shared[ObjectIdentifier(instance.swept)] == nil {
            shared[ObjectIdentifier(instance.swept)] = Self.shared(by: instance.swept, environment)
        }
        self.shared = shared
    }

    private static func shared(by node: SweptNode, _ environment: RunEnvironment) -> Shared {
        let schema = node.schema
        let files = schema.parameters.filter(\.form.mentionsFile).map(\.name).filter { node.constants[$0] != nil }
        let open = node.varying.map(\.name) + files
        let template = KeyTemplate(
            kind: schema.name,
            version: schema.version,
            numerics: environment.numerics(of: node),
            constants: node.constants.filter { !files.contains($0.key) },
            varying: open
        )
        return Shared(template: template, open: open)
    }

    /// - Parameter contents: the parameters that name files, by content.
    func set(_ contents: [String: Value], of index: Int) {
        let contents = Contents(contents)
        self.contents.withLock { $0[index] = contents }
    }

    func digest(of index: Int, inputs: Inputs) -> Digest {
        let instance = graph.instances[index]
        guard let shared = shared[ObjectIdentifier(instance.swept)] else {
            return key(of: index, inputs: inputs).digest
        }
        let contents = instance.schema.readsFiles ? contents.withLock { $0[index] } : nil
        return shared.template.digest(
            values: { place in
                let name = shared.open[place]
                return contents?[name] ?? instance.parameter(name) ?? .null
            },
            inputs: inputs
        )
    }

    func key(of index: Int, inputs: Inputs) -> CacheKey {
        let instance = graph.instances[index]
        let schema = instance.schema
        let contents = contents.withLock { $0[index] }?.all ?? [:]
        return CacheKey(
            kind: schema.name,
            version: schema.version,
            parameters: instance.parameters.merging(contents) { $1 },
            inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.digests) }),
            numerics: environment.numerics(of: instance.swept)
        )
    }
}

extension RunEnvironment {
    /// All that decides the bits of a node's results beside its parameters and inputs.
    func numerics(of node: SweptNode) -> String {
        let chosen = node.usesPrecision ? precision.map { ", \($0)" } ?? "" : ""
        let own = node.schema.numerics
        return numerics + chosen + (own.isEmpty ? "" : "; \(own)")
    }
}
