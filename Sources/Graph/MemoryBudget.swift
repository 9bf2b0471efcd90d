import Foundation

/// The memory that a run makes do with, in one account: nodes at work, values that wait to be used, and what is left, for
/// networks.
///
/// Nodes wait for room; values and networks beyond it are let go of, since they can be had again. One node is let in
/// whatever it asks for, else nothing would ever run.
public final class MemoryBudget: @unchecked Sendable {
    /// In bytes.
    public let limit: Int

    private let condition = NSCondition()
    private var workers = 0
    private var working = 0
    private var held = 0

    public init(limit: Int = .max) { self.limit = limit }

    /// Does work that takes so many bytes, once there is room for it beside the other work and the values held.
    public func working<Result>(_ bytes: Int, _ work: () throws -> Result) rethrows -> Result {
        condition.withLock {
            while workers > 0, working + held > limit - min(limit, bytes) { condition.wait() }
            workers += 1
            working += bytes
        }
        defer {
            condition.withLock {
                workers -= 1
                working -= bytes
                condition.broadcast()
            }
        }
        return try work()
    }

    /// Counts a value that is held in memory, or with a negative number one that is no more.
    public func hold(_ bytes: Int) {
        condition.withLock {
            held += bytes
            if bytes < 0 { condition.broadcast() }
        }
    }

    /// What networks may take now.
    public var roomForNetworks: Int { condition.withLock { max(0, limit - working - held) } }
}
