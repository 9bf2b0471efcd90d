import Foundation

/// A file that is replaced whole or not at all: written under another name, then renamed. No reader finds half of it, and
/// a failure leaves what was there.
///
/// The other name is locked while its writer lives, so that what a killed one left can be told and cleared away.
public struct WholeFile: Sendable {
    private let path: String
    private let folder: Int32
    private let temporaries: String

    private static let prefix = ".pulid-run-"
    private static let suffix = ".tmp"

    /// - Parameters:
    ///   - path: absolute, or from `folder`.
    ///   - folder: a descriptor that stays open meanwhile; without it, paths are those of the process.
    ///   - temporaries: a folder on the same file system for what is not finished; else the one that `path` lies in.
    public init(_ path: String, in folder: Int32 = AT_FDCWD, temporaries: String? = nil) {
        self.path = path
        self.folder = folder
        self.temporaries = temporaries.map { $0 + "/" } ?? path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// Takes the pieces of the file, in their order.
    public struct Writer {
        let path: String
        let descriptor: Int32

        /// For a file that cannot be replaced, such as a device.
        public init(path: String, descriptor: Int32) {
            self.path = path
            self.descriptor = descriptor
        }

        /// - Throws: `SystemError`.
        public func write(_ bytes: UnsafeRawBufferPointer) throws {
            var rest = bytes
            while !rest.isEmpty {
                // More than 2 GiB at once is refused on some systems.
                let count = Foundation.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SystemError(path: path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// - Parameters:
    ///   - isDurable: whether the bytes are on the disk before the name is theirs, so that not even a power cut leaves an
    ///     empty file.
    ///   - fill: writes all of it; what it throws leaves everything as it was.
    /// - Returns: what the new file is, whatever lies at its path by now.
    /// - Throws: `SystemError`, and what `fill` throws.
    @discardableResult
    public func replace(isDurable: Bool = false, _ fill: (Writer) throws -> Void) throws -> FileIdentity {
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let temporary = temporaries + Self.prefix + name + Self.suffix
        let descriptor = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw SystemError(path: path) }
        defer { close(descriptor) }
        do {
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            try fill(Writer(path: path, descriptor: descriptor))
            stamp(descriptor)
            if isDurable, fsync(descriptor) != 0 { throw SystemError(path: path) }
            guard renameat(folder, temporary, folder, path) == 0 else { throw SystemError(path: path) }
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
        guard let identity = FileIdentity(descriptor: descriptor) else { throw SystemError(path: path) }
        return identity
    }

    /// Gives the file the time to the nanosecond. Its file system would give it that of the clock's last step, and who changed it
    /// within the same step would leave no other.
    private func stamp(_ descriptor: Int32) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        _ = futimens(descriptor, [now, now])
    }

    @discardableResult
    public func replace(with bytes: some Collection<UInt8>, isDurable: Bool = false) throws -> FileIdentity {
        try replace(isDurable: isDurable) { file in
            let isWritten: Void? = try bytes.withContiguousStorageIfAvailable {
                try file.write(UnsafeRawBufferPointer($0))
            }
            if isWritten == nil { try Array(bytes).withUnsafeBytes { try file.write($0) } }
        }
    }

    /// Whether a folder takes a file of one byte, found by making one and removing it again.
    ///
    /// - Parameter folder: its descriptor.
    /// - Returns: what the system says against it.
    public static func trial(in folder: Int32) -> SystemError? {
        let name = prefix + String(UInt64.random(in: 0...UInt64.max), radix: 36) + suffix
        let descriptor = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return SystemError(path: name) }
        defer {
            unlinkat(folder, name, 0)
            close(descriptor)
        }
        do {
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            try [UInt8(0)].withUnsafeBytes {
                try Writer(path: name, descriptor: descriptor).write($0)
            }
            return nil
        } catch {
            return error as? SystemError ?? SystemError(path: name, code: EIO)
        }
    }

    /// Removes what writers that live no more left unfinished in a folder.
    public static func removeStrays(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard let identity = FileIdentity(descriptor: descriptor) else { continue }
            let age = (FileIdentity.now - identity.modified) / 1_000_000_000
            // A file that was only just made may not be locked yet; where nothing can be locked, time alone tells.
            let isLeft = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? age > 5 : errno != EWOULDBLOCK && age > 3600
            if isLeft { unlink(path) }
        }
    }
}
