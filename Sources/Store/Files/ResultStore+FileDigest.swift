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

    /// What is known of files without reading them, by their places; the others are asked for one by one
    /// (`fileContent`).
    public func fileContents(of paths: [String]) -> [FileContent?] {
        let memos = fileDigests.withLock(\.self)
        var rows: [FileDigestMemo?] = paths.map { memos[$0] }
        eachSealedRow(in: "files", of: paths) { place, identity, digest in
            if rows[place] == nil { rows[place] = FileDigestMemo(identity: identity, digest: digest) }
        }
        var looks = FolderLooks()
        var contents: [FileContent?] = []
        contents.reserveCapacity(paths.count)
        for (path, row) in zip(paths, rows) {
            let isKnown = row != nil && looks.identity(opening: path) == row?.identity
            contents.append(
                isKnown ? row.map { FileContent(path: path, digest: $0.digest, identity: $0.identity) } : nil
            )
        }
        return contents
    }

    private func remembered(_ path: String, _ identity: FileIdentity) -> Digest? {
        if let memo = fileDigests.withLock({ $0[path] }), memo.identity == identity { return memo.digest }
        var row: FileDigestMemo?
        eachSealedRow(in: "files", of: [path]) { row = FileDigestMemo(identity: $1, digest: $2) }
        guard let row, row.identity == identity else { return nil }
        fileDigests.withLock { $0[path] = row }
        return row.digest
    }

    /// What a table holds of paths, whatever the files are by now.
    func eachSealedRow(
        in table: String,
        of paths: [String],
        _ body: (_ place: Int, FileIdentity, Digest) -> Void
    ) {
        let sql = "SELECT identity, digest, seal FROM \(table) WHERE path = ?"
        database.read(()) { db in
            try db.eachRow(sql, of: paths) { place, row in
                let bytes = row.bytes(0)
                guard let identity = FileIdentity(bytes: bytes), let digest = row.digest(1),
                    paths[place].withBytes({ Digest.seals(row.bytes(2), $0, bytes, row.bytes(1)) })
                else { return }
                body(place, identity, digest)
            }
        }
    }
}
