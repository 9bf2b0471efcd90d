/// A choice of parameters by their names: those that lie below some paths, and those whose last part is one of some
/// words. A path ends where a part of a name ends: `down` is not above `down_blocks.0.weight`.
public struct NameRule: Hashable, Sendable {
    public var paths: [String]
    public var lastParts: [String]

    public init(below paths: [String] = [], lastParts: [String] = []) {
        self.paths = paths
        self.lastParts = lastParts
    }

    /// Chooses nothing.
    public static let none = NameRule()
    /// The running statistics of batch normalisation: weights of a file, but no parameters.
    public static let statistics = NameRule(lastParts: ["running_mean", "running_var", "num_batches_tracked"])

    public func contains(_ name: String) -> Bool {
        paths.contains { name == $0 || name.hasPrefix($0 + ".") }
            || lastParts.contains { name == $0 || name.hasSuffix("." + $0) }
    }

    public static func | (a: NameRule, b: NameRule) -> NameRule {
        NameRule(below: a.paths + b.paths, lastParts: a.lastParts + b.lastParts)
    }
}
