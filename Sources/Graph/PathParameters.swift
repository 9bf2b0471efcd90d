/// A file that a recipe names; the recipe's checker has made the path absolute and seen that the file is there.
public struct FileReference: ParameterType, Hashable {
    public let path: String
    public static var parameterForm: ParameterForm { .file }
    public var parameterValue: Value { .string(path) }

    public init(_ path: String) { self.path = path }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .string(let path) = value else { throw ParameterMismatch(expected: .file, found: value) }
        self.path = path
    }
}

/// A folder or a file that a recipe names; only nodes that make references (`Evaluation.reference`) may have one.
public struct PathReference: ParameterType, Hashable {
    public let path: String
    public static var parameterForm: ParameterForm { .path }
    public var parameterValue: Value { .string(path) }

    public init(_ path: String) { self.path = path }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .string(let path) = value else { throw ParameterMismatch(expected: .path, found: value) }
        self.path = path
    }
}

/// The name of an axis; the recipe's checker has seen that the recipe has it.
public struct AxisName: ParameterType, Hashable {
    public let name: String
    public static var parameterForm: ParameterForm { .axis }
    public var parameterValue: Value { .string(name) }

    public init(_ name: String) { self.name = name }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .string(let name) = value else { throw ParameterMismatch(expected: .axis, found: value) }
        self.name = name
    }
}

/// A seed: any signed or unsigned 64-bit integer, negative ones counted from 2^64 as PyTorch does.
public struct Seed: ParameterType, Hashable {
    public let value: UInt64
    public static var parameterForm: ParameterForm { .integer }
    public var parameterValue: Value { .integer(Int128(value)) }

    public init(_ value: UInt64) { self.value = value }

    public init(parameter value: Value) throws(ParameterMismatch) {
        guard case .integer(let wide) = value, wide >= Int128(Int64.min), wide <= Int128(UInt64.max) else {
            throw ParameterMismatch(expected: .integer, found: value)
        }
        self.value = UInt64(truncatingIfNeeded: wide)
    }
}
