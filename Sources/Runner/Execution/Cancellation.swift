import Synchronization

/// The user's wish to stop, to be asked after between steps.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}

    public var isRequested: Bool { flag.load(ordering: .relaxed) }

    public func request() { flag.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` once `request` was called.
    public func check() throws {
        if isRequested { throw CancellationError() }
    }
}
