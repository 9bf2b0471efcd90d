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

    /// What to do about a name that is none of our own; nil where it is like none of these. Names that differ in case, spaces and
    /// the like alone are the same here.
    public func advice(for name: String) -> String? {
        advice[name] ?? own(for: name).map { "did you mean `\($0)`?" } ?? Self.find(name, in: advice)
    }

    /// Our own name for a thing that another program calls so.
    public func own(for name: String) -> String? { Self.find(name, in: taken) }

    private static func find(_ name: String, in names: [String: String]) -> String? {
        let plain = plain(name)
        return names[name] ?? names.keys.sorted().first { Self.plain($0) == plain }.flatMap { names[$0] }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "+" }
    }
}
