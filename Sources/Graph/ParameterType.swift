/// What may stand behind `@Parameter`.
public protocol ParameterType: Sendable {
    static var parameterForm: ParameterForm { get }
    /// - Throws: when the value is not of `parameterForm`.
    init(parameter value: Value) throws(ParameterMismatch)
    var parameterValue: Value { get }
}

/// The form a parameter's value must have; checking, the JSON Schema and docs/NODES.md are read from it.
public indirect enum ParameterForm: Hashable, Sendable {
    case integer
    case number
    case text
    case boolean
    case choice([String], OtherNames = OtherNames())
    /// A path to a file, relative to the recipe; its content, not its name, is part of the cache key.
    case file
    /// A path to a folder or a file, relative to the recipe; only for nodes that make references.
    case path
    /// The name of an axis of the recipe.
    case axis
    case list(ParameterForm)
    case object([ParameterField])
    /// A mapping of names that the recipe chooses to values of one form.
    case map(ParameterForm)
    case optional(ParameterForm)
    /// Either of several forms; `taken(by:among:)` says which.
    case oneOf([ParameterForm])
}

/// A key of a mapping-valued parameter, such as `file` and `scale` of a LoRA.
public struct ParameterField: Hashable, Sendable {
    public let name: String
    public let form: ParameterForm
    public let help: String
    public let defaultValue: Value?

    public init(_ name: String, _ form: ParameterForm, help: String, default defaultValue: Value? = nil) {
        self.name = name
        self.form = form
        self.help = help
        self.defaultValue = defaultValue
    }
}

/// The value does not have the form the parameter asks for.
public struct ParameterMismatch: Error, Hashable {
    public let expected: ParameterForm
    public let found: Value

    public init(expected: ParameterForm, found: Value) {
        self.expected = expected
        self.found = found
    }
}

extension ParameterForm {
    /// Whether a value of this form may name files by their content.
    public var mentionsFile: Bool {
        switch self {
        case .file: true
        case .list(let form), .map(let form), .optional(let form): form.mentionsFile
        case .object(let fields): fields.contains { $0.form.mentionsFile }
        case .oneOf(let forms): forms.contains { $0.mentionsFile }
        case .integer, .number, .text, .boolean, .choice, .path, .axis: false
        }
    }
}

extension ParameterForm {
    /// Whether a value of this form may name an axis.
    public var takesAxis: Bool {
        switch self {
        case .axis: true
        case .list(let form), .map(let form), .optional(let form): form.takesAxis
        case .oneOf(let forms): forms.contains { $0.takesAxis }
        case .integer, .number, .text, .boolean, .choice, .file, .path, .object: false
        }
    }
}

extension ParameterForm: CustomStringConvertible {
    /// As a message says it: "an integer", "one of off, v1, v2".
    public var description: String {
        switch self {
        case .integer: "an integer"
        case .number: "a number"
        case .text: "text"
        case .boolean: "true or false"
        case .choice(let choices, _): "one of " + choices.joined(separator: ", ")
        case .file: "the path of a file"
        case .path: "the path of a file or folder"
        case .axis: "the name of an axis"
        case .list(let form): "a list, each item \(form)"
        case .object(let fields): "a mapping of " + fields.map(\.name).joined(separator: ", ")
        case .map(let form): "a mapping of names to values, each \(form)"
        case .optional(let form): form.description
        case .oneOf(let forms): forms.map(\.description).joined(separator: ", or ")
        }
    }
}
