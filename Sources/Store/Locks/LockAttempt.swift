import Foundation

/// What the kernel says when a lock is asked for without waiting.
enum LockAttempt: Equatable {
    case held
    case taken
    /// This file system has no locks, or has none left; the code is that of `errno`.
    case unsupported(Int32)

    /// - Parameter result: of `flock` or `fcntl`, with `errno` still as they left it.
    init(result: Int32) {
        if result >= 0 {
            self = .held
        } else if errno == EAGAIN || errno == EACCES {
            self = .taken
        } else {
            self = .unsupported(errno)
        }
    }
}
