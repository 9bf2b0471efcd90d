import Foundation
import GRDB
import Graph
import Synchronization

/// The cache: what every node gave, by key; the values, by the digest of their bytes; and what is known of files.
///
/// A cache never fails a run. What cannot be read is not there; what cannot be written is not kept; each is said once.
/// Values are checked against their digests whenever they are read.
public final class ResultStore: Sendable {
    public enum Access: Sendable { case readWrite, readOnly }

    /// Values of more bytes than this lie in files of their own (docs/CACHE.md has the measurement).
    static let largestInDatabase = 8 << 20

    let folder: CacheFolder
    let database: StoreDatabase
    let commits: GroupCommit
    let valueFiles: ValueFiles
    let fileDigests = Mutex<[String: FileDigestMemo]>([:])
    private let locks: StripeLocks
    private let warn: @Sendable (String) -> Void

    /// - Parameter access: a cache on media that cannot be written is read only, whatever is asked for.
    /// - Throws: `StoreError`.
    public init(
        folder: CacheFolder,
        access: Access = .readWrite,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.folder = folder
        self.warn = warn
        if access == .readWrite { try folder.prepare() }
        let canWrite = access == .readWrite && folder.isWritable
        if access == .readWrite, !canWrite { warn("the cache \(folder.path) can only be read: results are not kept") }
        locks = StripeLocks(folder: folder.locks)
        database = try StoreDatabase(folder: folder, access: canWrite ? .readWrite : .readOnly, warn: warn)
        commits = GroupCommit(database: database)
        valueFiles = ValueFiles(folder: folder.values)
    }

    public var isWritable: Bool { database.isWritable }

    /// Commits what waits and lets go of the files. Nothing may be asked of the store afterwards.
    public func close() {
        commits.flush()
        database.close()
    }

    /// Commits what waits.
    public func flush() { commits.flush() }

    // MARK: - Results

    /// What the key gave when it was last computed, here or in another process.
    public func result(for key: Digest) -> StoredResult? {
        if let found = pendingResult(for: key) { return found }
        return database.read(nil) { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT r.value, r.cost, r.seal, r.used, c.digest IS NOT NULL
                    FROM results r LEFT JOIN contents c ON c.digest = r.value WHERE r.key = ?
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [Data(key.bytes)]),
                let value = Digest(row: row, 0), (row[2] as Data) == Data(Digest.seal(key.bytes, value.bytes))
            else { return nil }
            noteUse(of: key, last: row[3])
            return StoredResult(value: value, hasValue: row[4], cost: row[1])
        }
    }

    private func pendingResult(for key: Digest) -> StoredResult? {
        commits.find { batch in
            guard let result = batch.results[key] else { return nil }
            let hasValue = batch.contents[result.value] != nil
            return StoredResult(value: result.value, hasValue: hasValue, cost: result.cost)
        }
    }

    /// Keeps a result. It can be read from this store at once, and by other processes after the next commit.
    ///
    /// - Parameters:
    ///   - encoded: the record that `value` is the digest of; nil to keep the digest alone.
    ///   - claim: held until the result is committed.
    public func insert(
        _ value: Digest,
        _ encoded: EncodedRecord?,
        kind: String,
        for key: CacheKey,
        cost: Double,
        claim: Claim?
    ) {
        guard isWritable else { return }
        let result = WriteBatch.Result(
            value: value,
            cost: cost,
            made: Int(Date().timeIntervalSince1970),
            components: key.storedComponents
        )
        var content: WriteBatch.Content?
        if let encoded {
            let isLarge = encoded.count > Self.largestInDatabase
            do {
                if isLarge { try valueFiles.write([UInt8](encoded.bytes), as: value) }
                content = WriteBatch.Content(kind: kind, size: encoded.count, bytes: isLarge ? nil : [UInt8](encoded.bytes))
            } catch {
                warn("a value of \(encoded.count) bytes could not be kept: \(error.localizedDescription)")
            }
        }
        let digest = key.digest
        commits.add { batch in
            batch.results[digest] = result
            if let content {
                batch.contents[value] = content
                batch.size += content.bytes?.count ?? 0
            }
            if let claim { batch.claims.append(claim) }
        }
    }

    /// For eviction by age; once a day is enough.
    private func noteUse(of key: Digest, last: Int) {
        guard Date().timeIntervalSince1970 - Double(last) > 86400, isWritable else { return }
        commits.add { $0.used.insert(key) }
    }

    // MARK: - Values

    /// The value with this digest; nil when it is not here or was damaged, in which case it is dropped.
    public func record(for digest: Digest) -> Graph.Record? {
        guard let bytes = bytes(of: digest) else { return nil }
        guard Digest(of: bytes) == digest, let record = try? RecordCoder.decode(bytes) else {
            warn("the cached value \(digest.short) is damaged: it is dropped and made again")
            drop(digest)
            return nil
        }
        return record
    }

    func bytes(of digest: Digest) -> [UInt8]? {
        let pending = commits.find { $0.contents[digest] }
        if let pending { return pending.bytes ?? valueFiles.read(digest) }
        let content: StoredContent? = database.read(nil) { db in
            let statement = try db.cachedStatement(
                sql:
                    "SELECT c.size, c.place, b.content FROM contents c LEFT JOIN bytes b ON b.id = c.place WHERE c.digest = ?"
            )
            return try Row.fetchOne(statement, arguments: [Data(digest.bytes)]).map { row in
                StoredContent(isFile: row.hasNull(atIndex: 1), bytes: (row[2] as Data?).map { [UInt8]($0) })
            }
        }
        guard let content else { return nil }
        // A row without bytes is damage, which an empty value shows to whoever checks the digest.
        return (content.isFile ? valueFiles.read(digest) : content.bytes) ?? []
    }

    private struct StoredContent {
        let isFile: Bool
        let bytes: [UInt8]?
    }

    /// Forgets a value, but not what it was the result of.
    public func drop(_ digest: Digest) {
        guard isWritable else { return }
        commits.add { $0.contents[digest] = nil }
        database.write { db in
            let key = Data(digest.bytes)
            try db.execute(
                sql: "DELETE FROM bytes WHERE id = (SELECT place FROM contents WHERE digest = ?)",
                arguments: [key]
            )
            try db.execute(sql: "DELETE FROM contents WHERE digest = ?", arguments: [key])
        }
        valueFiles.remove(digest)
    }

    // MARK: - Claims

    /// The right to compute `key`, after waiting for any process that has it. Look for the result again before using it.
    ///
    /// - Parameter pause: called while waiting; what it throws ends the wait.
    /// - Returns: nil where nobody can be kept from computing the same, as in a cache that is only read.
    public func claim(_ key: Digest, pause: () throws -> Void) rethrows -> Claim? {
        guard isWritable else { return nil }
        return try locks.claim(key, pause: pause)
    }

    /// The right to compute `key`, without waiting. Look for the result again before using it.
    public func tryClaim(_ key: Digest) -> ClaimAttempt {
        struct Taken: Error {}
        do {
            guard let claim = try claim(key, pause: { throw Taken() }) else { return .unsupported }
            return .held(claim)
        } catch {
            return .taken(by: nil)
        }
    }

    /// The results of those keys that have one.
    public func results(for keys: [Digest]) -> [Digest: StoredResult] {
        keys.reduce(into: [:]) { $0[$1] = result(for: $1) }
    }

    /// What the making of the result under `key` keeps until it is done; gone once the result is committed.
    public func checkpoints(for key: Digest) -> Checkpoints {
        Checkpoints(
            read: { [self] accept in
                guard let path = try? workFolder(for: key).map({ $0 + "/checkpoint" }),
                    let data = FileManager.default.contents(atPath: path)
                else { return }
                try? accept(RecordCoder.decode([UInt8](data)))
            },
            write: { [self] record in
                guard let path = try? workFolder(for: key).map({ $0 + "/checkpoint" }) else { return }
                try? Data([UInt8](RecordCoder.encode(record).bytes)).write(to: URL(fileURLWithPath: path))
            }
        )
    }
}

extension Digest {
    init?(row: Row, _ column: Int) {
        guard let data = Data.fromDatabaseValue(row[column]) else { return nil }
        self.init(bytes: [UInt8](data))
    }
}
