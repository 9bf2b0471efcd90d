/// What a node kind takes and gives, read once from its declaration.
public struct NodeSchema: Sendable {
    public struct Input: Sendable {
        /// As recipes write it.
        public let name: String
        public let help: String
        public let artifact: any Artifact.Type
        public let arity: PortArity
        /// The part of the artifact that the node uses; nil for all of it.
        public let part: String?
        /// The input that is measured against this one, if this is a baseline.
        public let baselineOf: String?
        /// What becomes of the node where a value is absent.
        public let whenAbsent: WhenAbsent

        public var isRequired: Bool { arity.isRequired }
    }

    public struct Parameter: Sendable {
        /// As recipes write it.
        public let name: String
        public let help: String
        public let form: ParameterForm
        public let defaultValue: Value?
        public let range: ClosedRange<Double>?

        public var isRequired: Bool { defaultValue == nil }
    }

    public let type: any Node.Type
    public let name: String
    public let help: String
    public let version: Int
    public let otherNames: OtherNames
    public let numerics: String
    public let precision: PrecisionUse
    public let evaluation: Evaluation
    /// What it means that a node of this kind has nothing to give.
    public let absence: String?
    public let output: any Artifact.Type
    /// In the order declared.
    public let inputs: [Input]
    public let parameters: [Parameter]
    /// Whether parameters name files by their content.
    public let readsFiles: Bool

    public init<Kind: Node>(_ type: Kind.Type) {
        self.type = type
        name = type.name
        help = type.help
        version = type.version
        otherNames = type.otherNames
        numerics = type.numerics
        precision = type.precision
        evaluation = type.evaluation
        absence = type.absence
        output = Kind.Output.self
        var inputs: [Input] = []
        var parameters: [Parameter] = []
        for (name, port) in ports(of: type.init()) {
            if let port = port as? any InputPort {
                inputs.append(
                    Input(
                        name: name,
                        help: port.help,
                        artifact: port.artifact,
                        arity: port.arity,
                        part: port.part,
                        baselineOf: port.baselineOf,
                        whenAbsent: port.arity == .gathered ? .blank : port.leavesOutAbsent ? .leftOut : .skips
                    )
                )
            } else if let port = port as? any ParameterPort {
                parameters.append(
                    Parameter(
                        name: name,
                        help: port.help,
                        form: port.form,
                        defaultValue: port.defaultParameter,
                        range: port.range
                    )
                )
            }
        }
        self.inputs = inputs
        self.parameters = parameters
        readsFiles = parameters.contains { $0.form.mentionsFile }
    }

    /// A node ready to run, or, with no inputs, ready to be asked for its `problems`.
    ///
    /// - Throws: `ParameterMismatch` or `ArtifactError` when a value does not fit its port.
    public func bind(
        parameters: [String: Value],
        inputs: [String: [InputValue]] = [:]
    ) throws -> any Node {
        let node = type.init()
        for (name, port) in ports(of: node) {
            if let port = port as? any ParameterPort {
                if let value = parameters[name] { try port.bind(value) }
            } else if let port = port as? any InputPort {
                if let values = inputs[name] {
                    try port.bind(values)
                } else if !port.arity.isRequired {
                    try port.bind([])
                }
            }
        }
        return node
    }
}

/// The wrapped properties of a node with the names that recipes use.
func ports(of node: any Node) -> [(name: String, port: Any)] {
    Mirror(reflecting: node).children.compactMap { child in
        guard let label = child.label, label.hasPrefix("_") else { return nil }
        return (snakeCase(String(label.dropFirst())), child.value)
    }
}
