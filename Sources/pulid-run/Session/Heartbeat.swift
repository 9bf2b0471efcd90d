import Foundation

/// Does something about once a second until it is stopped.
struct Heartbeat {
    private let isOver = DispatchSemaphore(value: 0)
    /// nil where the system has no thread to spare: a run goes on without signs of life.
    private let thread: SystemThread?

    init(_ beat: @escaping @Sendable () -> Void) {
        thread = try? SystemThread { [isOver] in
            while isOver.wait(timeout: .now() + 1) == .timedOut { beat() }
        }
    }

    func stop() {
        isOver.signal()
        thread?.join()
    }
}
