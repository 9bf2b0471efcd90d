/// What is known of an instance and its inputs before it runs.
public struct KnownInputs {
    private let instance: Instance
    private let instances: [Instance]
    private let sizes: (Int) -> PictureSize?
    private let references: (Int) -> (any Artifact)?

    /// - Parameters:
    ///   - sizes: of the pictures that instances give
    ///   - references: what instances name, as far as they have been evaluated
    public init(
        of index: Int,
        in instances: [Instance],
        sizes: @escaping (Int) -> PictureSize? = { _ in nil },
        references: @escaping (Int) -> (any Artifact)? = { _ in nil }
    ) {
        instance = instances[index]
        self.instances = instances
        self.sizes = sizes
        self.references = references
    }

    /// One of the instance's parameters; paths are absolute.
    public func parameter(_ name: String) -> Value { instance.parameter(name) ?? .null }

    /// A parameter that is a whole number; nil where it is nothing.
    public func whole(_ name: String) -> Int? {
        guard case .integer(let wide) = parameter(name) else { return nil }
        return Int(exactly: wide)
    }

    /// A parameter that is a number.
    public func number(_ name: String) -> Double? {
        switch parameter(name) {
        case .number(let number): number
        case .integer(let wide): Double(wide)
        default: nil
        }
    }

    /// Whether the recipe gives an input.
    public func isGiven(_ port: String) -> Bool { source(port) != nil }

    /// How large the picture of an input will be, or the picture that its latent stands for.
    public func size(_ port: String) -> PictureSize? { source(port).flatMap(sizes) }

    /// The reference that an input is given.
    public func reference(_ port: String) -> (any Artifact)? { source(port).flatMap(references) }

    /// A parameter of the node that an input comes from; nil where that is none of this kind.
    public func parameter(_ name: String, of port: String, madeBy kind: String) -> Value? {
        guard let source = source(port), instances[source].schema.name == kind else { return nil }
        return instances[source].parameter(name)
    }

    private func source(_ port: String) -> Int? { instance.inputs(of: port)?.first }
}
