/// Names that people bring from other programs.
public struct OtherNames: Hashable, Sendable {
    /// Of the same things, with our own.
    public var taken: [String: String]
    /// Of things that are not here, with what to do instead.
    public var advice: [String: String]

    public init(taken: [String: String] = [:], advice: [String: String] = [:]) {
        self.taken = taken
        self.advice = advice
    }
}
