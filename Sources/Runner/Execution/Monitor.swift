import Foundation

/// State that several threads share, with a way to wait for its next change.
final class Monitor<State>: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: State

    init(_ state: consuming sending State) { self.state = state }

    func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try condition.withLock { try body(&state) }
    }

    /// The same for what others may wait for.
    func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try condition.withLock {
            defer { condition.broadcast() }
            return try body(&state)
        }
    }

    /// What `body` gives, as soon as it gives anything; it is asked again after every change, and when the time has come
    /// that it names.
    func wait<Result>(until body: (inout State) -> Waiting<Result>) -> Result {
        condition.withLock {
            while true {
                switch body(&state) {
                case .done(let result): return result
                case .forChange: condition.wait()
                case .until(let date): _ = condition.wait(until: date)
                }
            }
        }
    }
}

enum Waiting<Result> {
    case done(Result)
    case forChange
    case until(Date)
}
