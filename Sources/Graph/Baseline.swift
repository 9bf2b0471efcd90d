/// A file that something is measured against, and what takes its place when it is approved.
public struct Baseline: Hashable, Sendable {
    /// The file, as the recipe's checker has made its path.
    public let path: String
    /// The instance that reads it.
    public let reader: Int
    /// The instance whose result is measured against it.
    public let measured: Int
}

extension ExecutionGraph {
    /// The files that the recipe names where a node takes a baseline; each as often as something is measured against it.
    public var baselines: [Baseline] {
        instances.flatMap { instance in
            instance.schema.inputs.flatMap { port -> [Baseline] in
                guard let other = port.baselineOf, let measured = instance.inputs[other]?.first else { return [] }
                return (instance.inputs[port.name] ?? []).compactMap { reader in
                    fileRead(by: instances[reader]).map { Baseline(path: $0, reader: reader, measured: measured) }
                }
            }
        }
    }

    /// The one file that a reader of files reads.
    private func fileRead(by instance: Instance) -> String? {
        guard instance.schema.parameters.count == 1, let parameter = instance.schema.parameters.first,
            case .file = parameter.form, case .string(let path)? = instance.parameters[parameter.name]
        else { return nil }
        return path
    }
}
