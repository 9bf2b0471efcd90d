import Foundation
import Graph

/// The file whose bytes stand for keys: who locks the byte at a key's place may compute it. The locks belong to the open
/// file, not to the process (`F_OFD_SETLK`), and end with it. Beside it, a table tells who has which.
final class KeyLockFile: Sendable {
    private let descriptor: Int32
    private let holders: Int32

    #if os(Linux)
        private static let setLock: Int32 = 37
    #else
        private static let setLock: Int32 = 90
    #endif

    /// - Throws: `SystemError`.
    init(folder: String) throws {
        _ = mkdir(folder, 0o777)
        let path = folder + "/keys"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        let code = errno
        holders = open(folder + "/holders", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw SystemError(path: path, code: code) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if holders >= 0 { close(holders) }
    }

    /// The first 62 bits of the key: what a file offset can hold.
    static func place(of key: Digest) -> UInt64 { key.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 2 }

    func lock(_ place: UInt64) -> LockAttempt { set(F_WRLCK, place) }

    func unlock(_ place: UInt64) { _ = set(F_UNLCK, place) }

    private func set(_ kind: some BinaryInteger, _ place: UInt64) -> LockAttempt {
        var range = flock()
        range.l_type = Int16(kind)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(place)
        range.l_len = 1
        return LockAttempt(result: withUnsafeMutablePointer(to: &range) { fcntl(descriptor, Self.setLock, $0) })
    }

    // MARK: - Who

    /// Puts this process down as the one that has the key. Another key may have the same slot: then nobody is told of.
    func note(_ key: Digest) {
        let entry = Self.own(key)
        _ = pwrite(holders, entry, entry.count, Self.slot(key))
    }

    /// The process that put itself down last, as far as that can be told.
    func holder(of key: Digest) -> String? {
        var entry = [UInt8](repeating: 0, count: Self.slotSize)
        guard pread(holders, &entry, entry.count, Self.slot(key)) == entry.count,
            entry[..<Self.prefixSize].elementsEqual(key.bytes.prefix(Self.prefixSize))
        else { return nil }
        let number = entry[Self.prefixSize..<Self.hostStart].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let host = entry[Self.hostStart...]
        if host.elementsEqual(Self.host) { return "process \(number)" }
        // The file is anybody's to write: nothing of it may steer a terminal.
        let name = host.prefix { $0 != 0 }.map { (33...126).contains($0) ? Character(UnicodeScalar($0)) : "?" }
        return "process \(number) on \(String(name))"
    }

    private static let slotSize = 64
    private static let prefixSize = 16
    private static let hostStart = prefixSize + 4

    private static func slot(_ key: Digest) -> off_t { off_t(place(of: key) % 4096) * off_t(slotSize) }

    private static func own(_ key: Digest) -> [UInt8] {
        key.bytes.prefix(prefixSize) + withUnsafeBytes(of: UInt32(getpid()).littleEndian, Array.init) + host
    }

    private static let host: [UInt8] = {
        let name = Array(ProcessInfo.processInfo.hostName.utf8.prefix(slotSize - hostStart - 1))
        return name + [UInt8](repeating: 0, count: slotSize - hostStart - name.count)
    }()
}
