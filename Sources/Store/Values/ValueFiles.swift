import Foundation
import Graph

/// Values kept as files beside the database, named by their digests.
struct ValueFiles: Sendable {
    let folder: CacheFolder

    func path(_ digest: Digest) -> String {
        let hex = digest.hex
        return "\(folder.values)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// - Returns: nil where there is none.
    /// - Throws: `SystemError` where there is something that cannot be read.
    func read(_ digest: Digest) throws -> Bytes? {
        do {
            return try Bytes(file: path(digest))
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        }
    }

    /// Pieces are written as they are, one after the other; not even a power cut leaves half of them under the name.
    ///
    /// - Throws: `SystemError`.
    func write(_ encoded: EncodedRecord, as digest: Digest) throws {
        _ = try write(digest) { file in
            for piece in encoded.pieces { try piece.withUnsafeBytes { try file.write($0) } }
            return true
        }
    }

    /// Keeps what `fill` writes, if it says that this was the value.
    ///
    /// - Returns: whether it was.
    /// - Throws: `SystemError`; what `fill` throws.
    func write(_ digest: Digest, _ fill: (WholeFile.Writer) throws -> Bool) throws -> Bool {
        struct NotTheValue: Error {}
        let path = path(digest)
        for folder in [folder.unfinished, (path as NSString).deletingLastPathComponent] { Self.make(folder) }
        do {
            try WholeFile(path, temporaries: folder.unfinished).replace(isDurable: true) { file in
                guard try fill(file) else { throw NotTheValue() }
            }
            return true
        } catch is NotTheValue {
            return false
        }
    }

    func has(_ digest: Digest) -> Bool { access(path(digest), F_OK) == 0 }

    /// Whatever lies there under the digest's name.
    func remove(_ digest: Digest) {
        let path = path(digest)
        if unlink(path) != 0, errno != ENOENT { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Every file with the digest that it is named after; nil for those that are no values.
    func all() -> [(file: FoundFile, digest: Digest?)] {
        FoundFile.all(below: folder.values).map { ($0, Digest(hex: $0.name.replacing("/", with: ""))) }
    }

    /// What cannot be made shows when it is written to.
    private static func make(_ folder: String) {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
}
