/// A plain value as recipes write it: what parameters are made of, and what small artifacts hold.
public indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Wide enough for any signed or unsigned 64-bit seed.
    case integer(Int128)
    case number(Double)
    case string(String)
    case list([Value])
    case map([String: Value])

    /// What a message calls a value of this type.
    public var typeName: String {
        switch self {
        case .null: "nothing"
        case .bool: "true or false"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "text"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

extension Value: CustomStringConvertible {
    /// One line, as a recipe would write it in flow style; maps in key order.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .map(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
