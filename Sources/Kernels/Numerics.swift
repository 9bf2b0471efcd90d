/// Choices that may change the bits of results; each is named in the numerics class and thus in every key.
public enum Numerics {
    /// Whether convolutions are computed as sums of products alone, and never by Winograd's algorithm, which rounds about
    /// twice as much; set for a scope with `Numerics.$isExact.withValue`.
    @TaskLocal public static var isExact = false
}
