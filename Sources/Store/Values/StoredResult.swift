import Graph

/// What the cache knows of a key.
public struct StoredResult: Hashable, Sendable {
    /// The digest of the value's record.
    public let value: Digest
    /// Whether the value is here, or in a remote cache that is asked for it when it is needed: one that was evicted is known by
    /// its digest alone.
    public let hasValue: Bool
    /// Seconds it took to compute.
    public let cost: Double
    /// Whether a remote cache said so, and nobody computed it here.
    public let isTold: Bool

    public init(value: Digest, hasValue: Bool, cost: Double, isTold: Bool = false) {
        self.value = value
        self.hasValue = hasValue
        self.cost = cost
        self.isTold = isTold
    }
}
