/// Names beside those that mean one thing everywhere: what people bring from other programs, and what the machine decides.
public struct OtherNames: Hashable, Sendable {
    /// Of the same things, with our own.
    public var taken: [String: String]
    /// Of things that are not here, with what to do instead.
    public var advice: [String: String]
    /// Of our own names those that mean another of them, with the one that they mean on this machine.
    public var decidedHere: [String: String]

    public init(
        taken: [String: String] = [:],
        advice: [String: String] = [:],
        decidedHere: [String: String] = [:]
    ) {
        self.taken = taken
        self.advice = advice
        self.decidedHere = decidedHere
    }
}
