import Foundation
import Graph

/// A folder that machines share, in the layout of Bazel's disk cache: `ac/<2 digits>/<64 digits>`, `cas/...`.
///
/// It may lie on NFS: an entry is a file that is written beside and renamed, and nothing is locked.
public struct SharedFolderTier: RemoteTier {
    private let folder: String
    public var name: String { folder }

    /// - Parameter folder: an absolute path. It is not made: where it is missing, so is perhaps a mount.
    public init(folder: String) { self.folder = folder }

    func path(_ entry: RemoteEntry) -> String {
        let hex = entry.digest.hex
        return "\(folder)/\(entry.folder)/\(hex.prefix(2))/\(hex)"
    }

    public func size(of entry: RemoteEntry, _ pace: Pace) throws -> Int? {
        var status = stat()
        guard stat(path(entry), &status) == 0 else { return try absent() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw RemoteFailure.unexpected("\(path(entry)) is no file") }
        return Int(status.st_size)
    }

    public func read(
        _ entry: RemoteEntry,
        _ pace: Pace,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let path = path(entry)
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            try absent() as Void?
            return false
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw RemoteFailure.unexpected("\(path) is no file")
        }
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(1 << 20, max(4096, Int(status.st_size))),
            alignment: 16
        )
        defer { block.deallocate() }
        var moved = 0
        while true {
            let count = Foundation.read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure() }
            if count == 0 { break }
            try sink(UnsafeRawBufferPointer(rebasing: block[..<count]))
            moved += count
            guard pace.allows(moved: moved, idle: 0) else { throw RemoteFailure.unavailable("it is too slow") }
        }
        // Whoever makes room goes by the time of the last use.
        _ = utimensat(AT_FDCWD, path, nil, 0)
        return true
    }

    public func write(_ entry: RemoteEntry, _ pieces: [Bytes], _ pace: Pace) throws {
        let path = path(entry)
        let shard = (path as NSString).deletingLastPathComponent
        for made in ["\(folder)/\(entry.folder)", shard, "\(folder)/tmp"]
        where mkdir(made, 0o777) != 0 && errno != EEXIST {
            throw Self.failure()
        }
        // Names of other machines and of this one's processes are others.
        let temporary = "\(folder)/tmp/\(entry.digest.short)-\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure() }
        do {
            try Self.write(pieces, to: descriptor, pace)
            // On NFS what could not be written is told here at the latest.
            guard fsync(descriptor) == 0 else { throw Self.failure() }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let failure = Self.failure()
            unlink(temporary)
            throw failure
        }
    }

    private static func write(_ pieces: [Bytes], to descriptor: Int32, _ pace: Pace) throws {
        var moved = 0
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let count = Foundation.write(descriptor, part.baseAddress, min(part.count, 4 << 20))
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else { throw failure() }
                    rest = rest.dropFirst(count)
                    moved += count
                    guard pace.allows(moved: moved, idle: 0) else { throw RemoteFailure.unavailable("it is too slow") }
                }
            }
        }
    }

    /// After `ENOENT`: an entry that is missing is no failure, where the folder is there.
    @discardableResult
    private func absent<Found>() throws -> Found? {
        guard errno == ENOENT else { throw Self.failure() }
        guard access(folder, R_OK | X_OK) == 0 else { throw Self.failure() }
        return nil
    }

    private static func failure(_ code: Int32 = errno) -> RemoteFailure {
        let reason = String(cString: strerror(code))
        return switch code {
        case EACCES, EPERM, EROFS: .refused(reason)
        case ENOSPC, EDQUOT, EFBIG: .noRoom
        default: .unavailable(reason)
        }
    }
}
