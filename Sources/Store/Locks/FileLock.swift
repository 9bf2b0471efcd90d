import Foundation

/// A kernel lock on a file (flock): the kernel lets go of it when its process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Makes the file where it is missing.
    /// - Throws: `SystemError`.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw SystemError(path: path) }
    }

    deinit {
        // A process that is just being started has a copy of the descriptor, for as long as it takes.
        release()
        close(descriptor)
    }

    func attempt() -> LockAttempt {
        while true {
            let result = flock(descriptor, LOCK_EX | LOCK_NB)
            if result != 0, errno == EINTR { continue }
            return LockAttempt(result: result)
        }
    }

    /// For what takes others milliseconds: one that is stopped meanwhile is not waited for longer than `seconds`.
    func wait(atMost seconds: Double) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while attempt() == .taken, ContinuousClock.now < deadline { usleep(2000) }
    }

    func release() { _ = flock(descriptor, LOCK_UN) }
}
