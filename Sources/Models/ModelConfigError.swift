/// Why a network cannot be built as its configuration asks.
public enum ModelConfigError: Error, Hashable {
    /// A value that no network of this kind can have, such as a group count that does not divide the width.
    case invalid(model: String, key: String, value: String, reason: String)
    /// Something the reference has and this implementation does not.
    case unsupported(model: String, key: String, value: String, supported: String)
}

extension ModelConfigError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let model, let key, let value, let reason): "\(model): \(key) is \(value), but \(reason)"
        case .unsupported(let model, let key, let value, let supported):
            "\(model): \(key) is \(value), which is not supported; supported: \(supported)"
        }
    }
}

extension Sequence<Int> {
    /// Whether some network's layers could have these sizes. Sizes that a file states are checked by this before they
    /// are multiplied: products of three of them do not overflow.
    var areLayerSizes: Bool { allSatisfy { (1...1 << 20).contains($0) } }
}
