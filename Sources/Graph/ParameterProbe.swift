/// Asks a node kind about many sets of parameters, as a sweep has them, without making a node for each.
public struct ParameterProbe {
    public enum Answer {
        case problems([ParameterProblem], doubts: [ParameterProblem])
        /// A value has the right form but not a value that the parameter's type can hold.
        case refused(parameter: String, value: Value)
    }

    private let node: any Node
    private let ports: [String: any ParameterPort]
    private let refused: (parameter: String, value: Value)?

    /// - Parameter constant: the parameters that are the same in every set. With those given to `ask` they must
    ///   leave out none that the schema requires.
    public init(_ schema: NodeSchema, constant: [String: Value]) {
        node = schema.type.init()
        var ports: [String: any ParameterPort] = [:]
        for (name, port) in Graph.ports(of: node) {
            ports[name] = port as? any ParameterPort
            // What a sweep has is asked later; until then there is none.
            if let input = port as? any InputPort, input.arity == .gathered { try? input.bind([]) }
        }
        self.ports = ports
        refused = Self.bind(constant, to: ports)
    }

    /// What the node says of the constant parameters together with these.
    public func ask(_ varying: [String: Value]) -> Answer {
        if let (parameter, value) = refused ?? Self.bind(varying, to: ports) {
            return .refused(parameter: parameter, value: value)
        }
        return .problems(node.problems(), doubts: node.doubts())
    }

    /// The first parameter, by name, that is refused.
    private static func bind(
        _ parameters: [String: Value],
        to ports: [String: any ParameterPort]
    ) -> (parameter: String, value: Value)? {
        var refused: (parameter: String, value: Value)?
        for (name, value) in parameters {
            do {
                try ports[name]?.bind(value)
            } catch {
                if refused.map({ name < $0.parameter }) ?? true { refused = (name, value) }
            }
        }
        return refused
    }
}
