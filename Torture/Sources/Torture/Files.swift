import Foundation
import Glibc

/// What the scenarios do to files, by plain system calls where Foundation would do more than is asked.
enum Files {
    static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Writes in place: the same file, other bytes.
    static func write(_ bytes: Data, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(file) }
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Writes another file and puts it in the place of the first.
    static func replace(_ path: String, with bytes: Data) throws {
        try write(bytes, to: path + ".next")
        guard rename(path + ".next", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    static func read(_ path: String) -> Data? { try? Data(contentsOf: URL(fileURLWithPath: path)) }

    static func copy(_ from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Paths of all files below a folder, from it, in order.
    static func list(_ folder: String) -> [String] {
        let items = FileManager.default.enumerator(atPath: folder)
        var found: [String] = []
        while let path = items?.nextObject() as? String {
            if items?.fileAttributes?[.type] as? FileAttributeType == .typeRegular { found.append(path) }
        }
        return found.sorted()
    }

    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Flips one bit and leaves all times as they are: what a disk does.
    static func flipBit(_ bit: Int, of path: String) {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        fstat(file, &status)
        var byte: UInt8 = 0
        guard pread(file, &byte, 1, bit / 8) == 1 else { return }
        byte ^= 1 << (bit % 8)
        pwrite(file, &byte, 1, bit / 8)
        var times = [status.st_atim, status.st_mtim]
        futimens(file, &times)
    }

    /// Makes a file look as if it had last been written two hours ago.
    static func age(_ path: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let then = timespec(tv_sec: now.tv_sec - 7200, tv_nsec: 0)
        utimensat(AT_FDCWD, path, [then, then], AT_SYMLINK_NOFOLLOW)
    }

    /// Takes the right to write from a whole folder, or gives it back; all may read it.
    static func setWritable(_ writable: Bool, _ folder: String) {
        for path in [folder] + (FileManager.default.subpaths(atPath: folder) ?? []).map({ "\(folder)/\($0)" }) {
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            chmod(path, isFolder ? (writable ? 0o777 : 0o555) : (writable ? 0o666 : 0o444))
        }
    }
}
