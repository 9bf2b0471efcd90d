extension Int: ParameterType {
    public static var parameterForm: ParameterForm { .integer }
    public var parameterValue: Value { .integer(Int128(self)) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .integer(let wide) = value, let narrow = Int(exactly: wide) else {
            throw ParameterMismatch(expected: .integer, found: value)
        }
        self = narrow
    }
}

extension Double: ParameterType {
    public static var parameterForm: ParameterForm { .number }
    public var parameterValue: Value { .number(self) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        switch value {
        case .number(let number) where number.isFinite: self = number
        case .integer(let integer): self = Double(integer)
        default: throw ParameterMismatch(expected: .number, found: value)
        }
    }
}

extension Bool: ParameterType {
    public static var parameterForm: ParameterForm { .boolean }
    public var parameterValue: Value { .bool(self) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .bool(let flag) = value else { throw ParameterMismatch(expected: .boolean, found: value) }
        self = flag
    }
}

extension String: ParameterType {
    public static var parameterForm: ParameterForm { .text }
    public var parameterValue: Value { .string(self) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .string(let text) = value else { throw ParameterMismatch(expected: .text, found: value) }
        self = text
    }
}

extension Optional: ParameterType where Wrapped: ParameterType {
    public static var parameterForm: ParameterForm { .optional(Wrapped.parameterForm) }
    public var parameterValue: Value { self?.parameterValue ?? .null }

    public init(parameter value: Value) throws(ParameterMismatch) {
        self = value == .null ? nil : try Wrapped(parameter: value)
    }
}

extension Array: ParameterType where Element: ParameterType {
    public static var parameterForm: ParameterForm { .list(Element.parameterForm) }
    public var parameterValue: Value { .list(map(\.parameterValue)) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .list(let items) = value else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        var elements: [Element] = []
        for item in items { elements.append(try Element(parameter: item)) }
        self = elements
    }
}

extension Dictionary: ParameterType where Key == String, Value: ParameterType {
    public static var parameterForm: ParameterForm { .map(Value.parameterForm) }
    public var parameterValue: Graph.Value { .map(mapValues(\.parameterValue)) }

    public init(parameter value: Graph.Value) throws(ParameterMismatch) {
        guard case .map(let entries) = value else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        self.init()
        for (key, value) in entries { self[key] = try Value(parameter: value) }
    }
}

/// An enumeration whose cases recipes write by their raw values.
public protocol ParameterChoice: ParameterType, RawRepresentable, CaseIterable where RawValue == String {
    /// What other programs call these, and what else they have.
    static var otherNames: OtherNames { get }
}

extension ParameterChoice {
    public static var otherNames: OtherNames { OtherNames() }
    public static var parameterForm: ParameterForm { .choice(allCases.map(\.rawValue), otherNames) }
    public var parameterValue: Value { .string(rawValue) }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .string(let text) = value, let choice = Self(rawValue: Self.otherNames.taken[text] ?? text) else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        self = choice
    }
}
