import Foundation

/// A kernel lock on a file (flock): the kernel lets go of it when its process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Makes the file where it is missing.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    func wait() {
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    }

    /// - Returns: false when another holder has it.
    func tryNow() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    func release() { _ = flock(descriptor, LOCK_UN) }
}
