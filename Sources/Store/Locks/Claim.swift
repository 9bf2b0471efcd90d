import Synchronization

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
