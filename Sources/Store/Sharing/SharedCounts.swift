/// How much was shared.
public struct SharedCounts: Hashable, Sendable {
    /// Keys with what they gave.
    public internal(set) var results = 0
    /// Those of the values that are there; others were evicted.
    public internal(set) var values = 0
    public internal(set) var bytes = 0

    public init() {}
}
