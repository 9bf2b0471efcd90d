import Foundation
import GRDB
import Graph

extension ResultStore {
    /// The value with this digest; nil when it is not here or is no use. It counts as gone from then on, until it is made
    /// again.
    public func record(for digest: Digest) -> Graph.ArtifactRecord? {
        switch storedBytes(of: digest) {
        case .absent: if let record = download(digest) { return record }
        case .missing:
            drop(digest)
            if let record = download(digest) { return record }
        case .unreadable(let reason):
            notices.warn(
                "the cached value \(digest.short) cannot be read now (\(reason)): it is made again",
                onceFor: "value \(digest.hex)"
            )
        case .bytes(let bytes):
            if Digest(of: bytes) == digest, let record = try? RecordCoder.decode(bytes) { return record }
            noteDamage(of: digest, "is damaged")
            drop(digest)
        case .notAFile:
            noteDamage(of: digest, "is damaged (a folder lies in its place)")
            drop(digest)
        }
        setUsable(digest, false)
        return nil
    }

    func setUsable(_ digest: Digest, _ isUsable: Bool) {
        unusable.withLock { unusable in
            if isUsable { unusable.remove(digest) } else { unusable.insert(digest) }
        }
    }

    private func noteDamage(of digest: Digest, _ what: String) {
        let dropped = isWritable ? "it is dropped and made again" : "it is made again"
        notices.warn("the cached value \(digest.short) \(what): \(dropped)", onceFor: "value \(digest.hex)")
    }

    /// Without any check.
    func storedBytes(of digest: Digest) -> CommittedValues.Found {
        let committed = CommittedValues(database: database, files: valueFiles)
        if let pending = commits.find({ $0.contents[digest] }) {
            return pending.bytes.map { .bytes($0) } ?? committed.fileBytes(of: digest)
        }
        return committed.bytes(of: digest)
    }

    /// Forgets a value, but not what it was the result of: for one that turns out to be no use.
    public func drop(_ digest: Digest) {
        setUsable(digest, false)
        guard isWritable else { return }
        commits.add { batch in
            batch.contents[digest] = nil
        }
        database.write { [valueFiles] db in
            try Self.delete([digest], from: db)
            valueFiles.remove(digest)
        }
    }

    /// Removes values from the database, not their files.
    static func delete(_ digests: [Digest], from db: Database) throws {
        let bytes = try db.cachedStatement(
            sql: "DELETE FROM bytes WHERE id = (SELECT place FROM contents WHERE digest = ?)"
        )
        let content = try db.cachedStatement(sql: "DELETE FROM contents WHERE digest = ?")
        for digest in digests {
            let key = Data(digest.bytes)
            try bytes.execute(arguments: [key])
            try content.execute(arguments: [key])
        }
    }
}
