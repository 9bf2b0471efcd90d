import Graph

/// What the cache knows of a key.
public struct StoredResult: Hashable, Sendable {
    /// The digest of the value's record.
    public let value: Digest
    /// Whether the value is here: one that was evicted is known by its digest alone.
    public let hasValue: Bool
    /// Seconds it took to compute.
    public let cost: Double

    public init(value: Digest, hasValue: Bool, cost: Double) {
        self.value = value
        self.hasValue = hasValue
        self.cost = cost
    }
}
