import Foundation
import GRDB
import Graph

/// A file as it was read.
public struct FileContent: Hashable, Sendable {
    public let path: String
    public let digest: Digest
    public let identity: FileIdentity

    /// Whether the file at the path is still the very file that was read.
    public var isUnchanged: Bool { FileIdentity(opening: path) == identity }
}

/// A file's digest as this process found it.
struct FileDigestMemo {
    let identity: FileIdentity
    let digest: Digest
}

extension ResultStore {
    /// Younger files may change again without a new time stamp on some file systems, and are not remembered.
    private static let settled: Int64 = 2_000_000_000
    /// As long as one step of the clock that stamps files here: younger ones are read again even in this process.
    private static let clockStep: Int64 = 50_000_000

    /// The digest of a file's bytes. Files are read again only when size, times or inode changed.
    ///
    /// - Parameter pause: called between blocks of a large file; what it throws ends the reading.
    /// - Throws: `FileDigestError`.
    public func fileDigest(_ path: String, pause: () throws -> Void = {}) throws -> Digest {
        try fileContent(path, pause: pause).digest
    }

    /// The same, with what the file was when the digest was taken of it.
    public func fileContent(_ path: String, pause: () throws -> Void = {}) throws -> FileContent {
        if let identity = FileIdentity(opening: path), let digest = remembered(path, identity) {
            return FileContent(path: path, digest: digest, identity: identity)
        }
        let start = FileIdentity.now
        let (digest, identity) = try Digest.ofFile(path, pause: pause)
        let age = identity.age(at: start)
        if age > Self.clockStep {
            fileDigests.withLock { $0[path] = FileDigestMemo(identity: identity, digest: digest) }
        }
        if age > Self.settled, isWritable {
            commits.add { $0.files[path] = WriteBatch.FileRow(identity: identity, digest: digest) }
        }
        return FileContent(path: path, digest: digest, identity: identity)
    }

    /// What is known of files without reading them; the others are asked for one by one (`fileContent`).
    public func fileContents(of paths: [String]) -> [String: FileContent] {
        let stored = sealedRows(in: "files", of: paths)
        fileDigests.withLock { memos in
            for (path, row) in stored where memos[path] == nil {
                memos[path] = FileDigestMemo(identity: row.identity, digest: row.digest)
            }
        }
        return paths.reduce(into: [:]) { known, path in
            guard let memo = fileDigests.withLock({ $0[path] }), FileIdentity(opening: path) == memo.identity else {
                return
            }
            known[path] = FileContent(path: path, digest: memo.digest, identity: memo.identity)
        }
    }

    private func remembered(_ path: String, _ identity: FileIdentity) -> Digest? {
        if let memo = fileDigests.withLock({ $0[path] }), memo.identity == identity { return memo.digest }
        guard let row = sealedRows(in: "files", of: [path])[path], row.identity == identity else { return nil }
        fileDigests.withLock { $0[path] = FileDigestMemo(identity: identity, digest: row.digest) }
        return row.digest
    }

    /// What a table holds of paths, whatever the files are by now.
    func sealedRows(in table: String, of paths: [String]) -> [String: WriteBatch.FileRow] {
        database.read([:]) { db in
            var found: [String: WriteBatch.FileRow] = [:]
            let sql = "SELECT identity, digest, seal FROM \(table) WHERE path = ?"
            try db.eachRow(sql, of: paths.lazy.map { Array($0.utf8) }, asText: true) { place, row in
                let path = paths[place]
                let bytes = [UInt8](row.bytes(0))
                guard let identity = FileIdentity(bytes: bytes), let digest = row.digest(1),
                    Digest.seals(row.bytes(2), Array(path.utf8), bytes, digest.bytes)
                else { return }
                found[path] = WriteBatch.FileRow(identity: identity, digest: digest)
            }
            return found
        }
    }
}
