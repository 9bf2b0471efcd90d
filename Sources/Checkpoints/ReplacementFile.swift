import Foundation

/// A file that is written beside its final place and takes it with `commit`; without, nothing is left behind.
final class ReplacementFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32

    /// - Throws: `CheckpointError.unwritable`
    init(path: String) throws {
        self.path = path
        temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CheckpointError.unwritable(file: path, reason: systemReason()) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw CheckpointError.unwritable(file: path, reason: systemReason())
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Puts the file in its place, after its bytes are on the disk.
    func commit() throws {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw CheckpointError.unwritable(file: path, reason: systemReason())
        }
        close(descriptor)
        descriptor = -1
    }
}
