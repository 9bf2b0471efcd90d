/// Declares an artifact that a node takes: `@Input("photo with a face") var image: ImageArtifact`.
@propertyWrapper
public struct Input<Port: PortType>: Sendable {
    public let help: String
    /// The part of the artifact that the node uses; nil for all of it.
    public let part: String?
    /// The input whose value is measured against this one, and takes its place when it is approved. A file given here
    /// need not be there yet.
    public let baselineOf: String?
    /// Whether a list does without what is absent: several photos of one person.
    public let leavesOutAbsent: Bool
    private let slot = Slot<Port>()

    public init(_ help: String, part: String? = nil, baselineOf: String? = nil, leavesOutAbsent: Bool = false) {
        self.help = help
        self.part = part
        self.baselineOf = baselineOf
        self.leavesOutAbsent = leavesOutAbsent
    }

    /// - Precondition: the node has been bound (`NodeSchema.bind`).
    public var wrappedValue: Port { slot.read() }
}

/// Declares a setting of a node: `@Parameter("which face") var pick: FacePick = .largest`.
@propertyWrapper
public struct Parameter<Content: ParameterType>: Sendable {
    public let help: String
    public let defaultValue: Content?
    /// Numbers outside are refused when the recipe is checked.
    public let range: ClosedRange<Double>?
    private let slot = Slot<Content>()

    /// A setting that the recipe must give.
    public init(_ help: String, in range: ClosedRange<Double>? = nil) {
        self.help = help
        self.range = range
        defaultValue = nil
    }

    /// A setting with a default.
    public init(wrappedValue: Content, _ help: String, in range: ClosedRange<Double>? = nil) {
        self.help = help
        self.range = range
        defaultValue = wrappedValue
        slot.write(wrappedValue)
    }

    /// - Precondition: the node has been bound (`NodeSchema.bind`), or the setting has a default.
    public var wrappedValue: Content { slot.read() }
}

/// What `NodeSchema` sees of an `@Input` through a mirror.
protocol InputPort {
    var help: String { get }
    var part: String? { get }
    var baselineOf: String? { get }
    var leavesOutAbsent: Bool { get }
    var artifact: any Artifact.Type { get }
    var arity: PortArity { get }
    func bind(_ values: [InputValue]) throws
}

extension Input: InputPort {
    var artifact: any Artifact.Type { Port.artifact }
    var arity: PortArity { Port.arity }

    func bind(_ values: [InputValue]) throws {
        let parts = part.map { part in
            values.map { value in InputValue(cell: value.cell) { try value.read().part(part) } }
        }
        slot.write(try Port.bind(parts ?? values))
    }
}

/// What `NodeSchema` sees of a `@Parameter` through a mirror.
protocol ParameterPort {
    var help: String { get }
    var form: ParameterForm { get }
    var defaultParameter: Value? { get }
    var range: ClosedRange<Double>? { get }
    func bind(_ value: Value) throws(ParameterMismatch)
}

extension Parameter: ParameterPort {
    var form: ParameterForm { Content.parameterForm }
    var defaultParameter: Value? { defaultValue?.parameterValue }
    func bind(_ value: Value) throws(ParameterMismatch) { slot.write(try Content(parameter: value)) }
}

/// The place behind a port. It is written once, before the node that owns it is run or shared.
private final class Slot<Content: Sendable>: @unchecked Sendable {
    private var content: Content?

    func write(_ content: Content) { self.content = content }

    func read() -> Content {
        guard let content else { preconditionFailure("a port was read before its node was bound") }
        return content
    }
}
