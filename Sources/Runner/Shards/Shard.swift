/// One of several parts that a recipe's work is divided into, each run by a process of its own: `3/16`.
///
/// `0/16` is what more than half of the sixteen rest on: run before them, it is computed once. The parts need no order:
/// what one finds missing, it computes.
public struct Shard: Hashable, Sendable {
    /// From 0 to `count`.
    public let number: Int
    public let count: Int

    /// More than any scheduler lets one submit.
    public static let mostShards = 100_000

    /// nil unless 0 <= number <= count and 1 <= count <= `mostShards`.
    public init?(number: Int, count: Int) {
        guard (1...Self.mostShards).contains(count), (0...count).contains(number) else { return nil }
        self.number = number
        self.count = count
    }

    /// - Parameter text: `3/16`
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
            parts.allSatisfy({ $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) })
        else { return nil }
        self.init(number: number, count: count)
    }
}

extension Shard: CustomStringConvertible {
    public var description: String { "\(number)/\(count)" }
}
