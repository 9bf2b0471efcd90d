import Foundation
import GRDB
import Graph

/// A file as it was read.
public struct FileContent: Hashable, Sendable {
    public let path: String
    public let digest: Digest
    public let identity: FileIdentity

    /// Whether the file at the path is still the very file that was read.
    public var isUnchanged: Bool { FileIdentity(path: path) == identity }
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
        if let identity = FileIdentity(path: path), let digest = remembered(path, identity) {
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

    private func remembered(_ path: String, _ identity: FileIdentity) -> Digest? {
        if let memo = fileDigests.withLock({ $0[path] }), memo.identity == identity { return memo.digest }
        guard let digest = sealedDigest(in: "files", column: "digest", path: path, identity: identity) else {
            return nil
        }
        fileDigests.withLock { $0[path] = FileDigestMemo(identity: identity, digest: digest) }
        return digest
    }

    /// The digest that a table holds for a path, where the file is still the one it was taken of.
    func sealedDigest(in table: String, column: String, path: String, identity: FileIdentity) -> Digest? {
        database.read(nil) { db in
            let statement = try db.cachedStatement(sql: "SELECT identity, \(column), seal FROM \(table) WHERE path = ?")
            guard let row = try Row.fetchOne(statement, arguments: [path]), (row[0] as Data) == Data(identity.bytes),
                let digest = Digest(row: row, 1),
                (row[2] as Data) == Data(Digest.seal(Array(path.utf8), identity.bytes, digest.bytes))
            else { return nil }
            return digest
        }
    }
}
