import Foundation
import Synchronization

/// The time that a run may lose to a tier. While anybody waits for the tier, it passes; bytes that turned out to be right
/// give some of it back, no more than they saved.
final class Patience: Sendable {
    private struct State {
        var waiters = 0
        var since = ContinuousClock.now
        var waited = 0.0
        var earned = 0.0
    }

    /// Bytes a second: what comes more slowly is waited for no longer than patience lasts.
    static let leastRate = 4e6

    private let limit: Double
    private let state = Mutex(State())

    /// - Parameter seconds: how much may be lost.
    init(seconds: Double) { limit = seconds }

    /// Seconds.
    var left: Double {
        state.withLock { state in
            let waiting = state.waiters > 0 ? (ContinuousClock.now - state.since) / .seconds(1) : 0
            return limit + state.earned - state.waited - waiting
        }
    }

    func waiting<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { state in
            if state.waiters == 0 { state.since = ContinuousClock.now }
            state.waiters += 1
        }
        defer {
            state.withLock { state in
                state.waiters -= 1
                if state.waiters == 0 { state.waited += (ContinuousClock.now - state.since) / .seconds(1) }
            }
        }
        return try body()
    }

    /// - Parameter saved: seconds that it would have taken to do without these bytes.
    func earn(bytes: Int, saved: Double = .infinity) {
        state.withLock { $0.earned += min(Double(bytes) / Self.leastRate, saved) }
    }
}

/// Whether a transfer may go on.
public struct Pace: Sendable {
    /// Seconds without a byte after which it is given up.
    static let longestPause = 4.0

    private let mayGoOn: @Sendable (_ moved: Int) -> Bool

    /// - Parameter mayGoOn: asked about once a second, with the bytes that were moved until then.
    public init(_ mayGoOn: @escaping @Sendable (_ moved: Int) -> Bool = { _ in true }) { self.mayGoOn = mayGoOn }

    /// - Parameters:
    ///   - moved: bytes until now.
    ///   - idle: seconds since the last of them.
    ///   - total: bytes that the other side has to deal with before it answers.
    func allows(moved: Int, idle: Double, of total: Int = 0) -> Bool {
        idle < Self.longestPause + Double(total) / 1e8 && mayGoOn(moved)
    }
}
