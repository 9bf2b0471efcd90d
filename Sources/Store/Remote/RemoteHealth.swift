import Foundation
import Synchronization

/// Whether a tier is worth asking. One that fails is left alone for a while, longer each time; one that lies or takes too
/// long is not asked again.
struct RemoteHealth {
    /// Why nothing is asked of it any more.
    private(set) var isOff = false
    var mayWrite: Bool
    private(set) var hasAnswered = false
    /// In a row.
    private var failures = 0
    private var pausedUntil = ContinuousClock.now
    private(set) var isTroubled = false

    /// Failures in a row that are taken for chance.
    private static let chance = 2
    private static let longestPause = 30.0
    /// Entries that are not what their names say: more are no chance.
    private static let mostWrong = 3

    init(mayWrite: Bool) { self.mayWrite = mayWrite }

    /// Seconds until it should be asked again.
    var pause: Double { max(0, (pausedUntil - ContinuousClock.now) / .seconds(1)) }

    var mayAsk: Bool { !isOff && pause == 0 }

    mutating func turnOff() { isOff = true }

    /// - Returns: whether it had failed so often before that this is worth a word.
    mutating func noteAnswer() -> Bool {
        defer { (failures, isTroubled, hasAnswered) = (0, false, true) }
        return isTroubled
    }

    /// - Returns: whether this is worth a word.
    mutating func noteFailure() -> Bool {
        failures += 1
        guard failures > Self.chance else { return false }
        let seconds = min(Self.longestPause, 0.1 * pow(2, Double(failures)))
        pausedUntil = ContinuousClock.now + .seconds(seconds)
        defer { isTroubled = true }
        return !isTroubled
    }

    /// - Returns: whether it is off by now.
    mutating func noteWrong(_ count: Int) -> Bool {
        if count >= Self.mostWrong { isOff = true }
        return isOff
    }
}
