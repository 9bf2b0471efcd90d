/// Nothing in the place of a value, as when a photo shows no face. What needs the value is skipped, which is no failure.
///
/// A node that declares what it means (`Node.absence`) throws it from `run`. It is kept as any result is.
public struct Absence: Error, Hashable, Sendable {
    public init() {}

    /// What stands for it in the cache.
    public static let record = ArtifactRecord(kind: "absence")
    /// What stands for it in the keys of those that gather it.
    public static let digest = record.digest
}

extension Absence: CustomStringConvertible {
    public var description: String { "it has nothing to give" }
}

/// What becomes of a node one of whose inputs is absent; the strictest first.
public enum WhenAbsent: Int, Hashable, Sendable {
    /// It is skipped.
    case skips
    /// It goes on with the others of a list, if there are any.
    case leftOut
    /// It has a blank in a gathered sweep, if there is anything else in it.
    case blank
}
