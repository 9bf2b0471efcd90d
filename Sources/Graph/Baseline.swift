/// A file that something is measured against, and what takes its place when it is approved.
public struct Baseline: Hashable, Sendable {
    /// The file, as the recipe's checker has made its path.
    public let path: String
    /// The instance that reads it.
    public let reader: Int
    /// The instance whose result is measured against it.
    public let measured: Int
    /// The instance that measures it.
    public let measures: Int
}

extension ExecutionGraph {
    /// The files that the recipe names where a node takes a baseline; each as often as something is measured against it. Of
    /// several files for one picture the first is its baseline.
    public var baselines: [Baseline] {
        instances.enumerated().flatMap { index, instance in
            instance.schema.inputs.flatMap { port -> [Baseline] in
                guard let other = port.baselineOf, let measured = instance.inputs[other]?.first else { return [] }
                guard let reader = instance.inputs[port.name]?.first, let path = fileRead(by: instances[reader])
                else { return [] }
                return [Baseline(path: path, reader: reader, measured: measured, measures: index)]
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
