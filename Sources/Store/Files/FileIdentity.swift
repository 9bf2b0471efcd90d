import Foundation

/// What a file system says of a file without reading it: where none of this changed, the content did not either. The
/// device is no part of it: its number is another one on each host, and after each mount.
public struct FileIdentity: Hashable, Sendable {
    public let size: Int64
    /// Nanoseconds since 1970.
    public let modified: Int64
    public let changed: Int64
    public let inode: UInt64

    /// nil unless it is an ordinary file; symbolic links are followed.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Asks the server where the file lies on one, for which it has to be opened.
    public init?(opening path: String) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            self.init(path: path)
            return
        }
        defer { close(descriptor) }
        self.init(descriptor: descriptor)
    }

    /// nil unless it is an ordinary file.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// What a system call said of a file.
    package init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
        inode = UInt64(status.st_ino)
    }

    /// 32 bytes, for the database.
    var bytes: [UInt8] {
        [UInt64(bitPattern: size), UInt64(bitPattern: modified), UInt64(bitPattern: changed), inode]
            .flatMap { number in withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) } }
    }

    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func number(_ place: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
        }
        size = Int64(bitPattern: number(0))
        modified = Int64(bitPattern: number(1))
        changed = Int64(bitPattern: number(2))
        inode = number(3)
    }

    /// Nanoseconds between the last change and `now`: a file younger than its clock's step may change unseen.
    func age(at now: Int64) -> Int64 { now - max(modified, changed) }

    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
