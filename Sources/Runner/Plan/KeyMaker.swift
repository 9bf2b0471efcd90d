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
        let soleFile: String?
    }

    private let graph: ExecutionGraph
    private let environment: RunEnvironment
    private let shared: [ObjectIdentifier: Shared]
    /// By instance, as soon as there is one that names files.
    private let contents = Mutex<[Contents?]>([])

    /// The parameters of an instance that name files, by content.
    private enum Contents {
        /// Of the one file that nodes of this kind name: there may be thousands of them.
        case file(Digest)
        case parameters([String: Value])
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
        return Shared(template: template, open: open, soleFile: schema.soleFileParameter)
    }

    /// The file of an instance whose kind names one, and no more.
    func soleFile(of instance: Instance) -> String? {
        guard let name = shared[ObjectIdentifier(instance.swept)]?.soleFile,
            case .string(let path)? = instance.parameter(name)
        else { return nil }
        return path
    }

    /// - Parameter file: the content of the instance's sole file.
    func set(file: Digest, of index: Int) { set(.file(file), of: index) }

    /// - Parameter contents: the parameters that name files, by content.
    func set(_ contents: [String: Value], of index: Int) { set(.parameters(contents), of: index) }

    private func set(_ value: Contents, of index: Int) {
        contents.withLock { contents in
            if contents.isEmpty { contents = Array(repeating: nil, count: graph.instances.count) }
            contents[index] = value
        }
    }

    /// The parameters of an instance that name files, with the files' digests in place of their paths.
    private func contents(of index: Int, soleFile: String?) -> [String: Value] {
        switch contents.withLock({ $0.isEmpty ? nil : $0[index] }) {
        case .file(let digest)?: soleFile.map { [$0: .string(digest.hex)] } ?? [:]
        case .parameters(let parameters)?: parameters
        case nil: [:]
        }
    }

    func digest(of index: Int, inputs: Inputs) -> Digest {
        let instance = graph.instances[index]
        guard let shared = shared[ObjectIdentifier(instance.swept)] else {
            return key(of: index, inputs: inputs).digest
        }
        let contents = instance.schema.readsFiles ? contents(of: index, soleFile: shared.soleFile) : [:]
        return shared.template.digest(
            values: { place in
                let name = shared.open[place]
                return contents[name] ?? instance.parameter(name) ?? .null
            },
            inputs: inputs
        )
    }

    func key(of index: Int, inputs: Inputs) -> CacheKey {
        let instance = graph.instances[index]
        let schema = instance.schema
        let contents = contents(of: index, soleFile: schema.soleFileParameter)
        return CacheKey(
            kind: schema.name,
            version: schema.version,
            parameters: instance.parameters.merging(contents) { $1 },
            inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0.port, $0.digests) }),
            numerics: environment.numerics(of: instance.swept)
        )
    }
}

extension NodeSchema {
    /// The one parameter that names a file, where it does nothing else.
    fileprivate var soleFileParameter: String? {
        let naming = parameters.filter(\.form.mentionsFile)
        guard naming.count == 1, case .file = naming[0].form else { return nil }
        return naming[0].name
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
