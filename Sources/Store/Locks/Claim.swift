import Synchronization

/// What came of asking for a key.
public enum ClaimAttempt: Sendable {
    case held(Claim)
    /// Another process computes it; who, where that can be told: `process 4711 on host`.
    case taken(by: String?)
    /// Nobody can be kept from computing the same, as in a cache that is only read.
    case unsupported
}

/// The right to compute a key, until it is released or forgotten. Given to `ResultStore.insert`, it lasts until the
/// result can be seen by every process.
public final class Claim: Sendable {
    private let end: Mutex<(@Sendable () -> Void)?>

    init(_ end: @escaping @Sendable () -> Void) { self.end = Mutex(end) }

    deinit { release() }

    public func release() {
        let end = self.end.withLock { end in
            defer { end = nil }
            return end
        }
        end?()
    }
}
