import Foundation

/// Runs the same work on several threads at once, this one among them, until all of them have ended. Threads that the
/// system refuses are done without.
package enum WorkerThreads {
    package static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) {
        let others = (1..<max(1, count)).compactMap { _ in start(work) }
        work()
        for thread in others { pthread_join(thread, nil) }
    }

    /// Runs the work on a thread that nobody waits for.
    /// - Returns: whether the system gave one.
    static func detach(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = start(work) else { return false }
        pthread_detach(thread)
        return true
    }

    private static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // As much as the main thread has: nodes may recurse.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let box = Unmanaged.passRetained(Work(work))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            return nil
        }
        return thread
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
