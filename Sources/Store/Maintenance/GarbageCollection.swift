import Foundation
import GRDB
import Graph

/// What making room did.
public struct GarbageCollection: Hashable, Sendable {
    /// Values that are gone.
    public let evicted: Int
    /// Results that are gone with what is known of them.
    public let forgotten: Int
    public let bytesFreed: Int
    /// What the cache takes now: the database with its log, and the values beside it.
    public let bytesOnDisk: Int
}

extension ResultStore {
    /// Makes the cache as small as `limit`, counting all that it has on disk; no smaller than an empty one.
    ///
    /// Values go first (`evictValues`). Only where that is not enough, results are forgotten too, those that were not
    /// used for the longest first. What is remembered of files that no longer exist goes in any case.
    ///
    /// - Parameter limit: bytes.
    /// - Throws: `StoreError.readOnly`.
    public func collectGarbage(limit: Int) throws -> GarbageCollection {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        let before = bytesOnDisk
        removeOrphans()
        removeOldWorkFolders()
        forgetMissingFiles()
        vacuum()
        var evicted = 0
        var forgotten = 0
        // What goes shares pages with what stays, so how much a value takes shows only when it is gone.
        var haste = 1
        while bytesInUse > limit, case let kept = statistics().bytes, kept > 0 {
            let excess = max(1, bytesInUse - limit)
            let count = try evictValues(keeping: haste > kept / excess ? 0 : kept - excess * haste)
            if count == 0 { break }
            evicted += count
            haste *= 2
        }
        while bytesInUse > limit, case let results = statistics().results, results > 0 {
            let count = forgetOldest((results + 3) / 4)
            if count == 0 { break }
            forgotten += count
        }
        truncateLog()
        let after = bytesOnDisk
        return GarbageCollection(
            evicted: evicted,
            forgotten: forgotten,
            bytesFreed: max(0, before - after),
            bytesOnDisk: after
        )
    }

    /// Evicts values until those that stay have at most so many bytes: first those that are quick to make again for
    /// their size and were not used for long. What they were the results of is remembered, so that nothing that follows
    /// them runs for it; and a run in progress that misses one makes it again.
    ///
    /// - Returns: how many went.
    /// - Throws: `StoreError.readOnly`.
    public func evictValues(keeping limit: Int) throws -> Int {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        var kept = 0
        var victims: [Digest] = []
        for candidate in candidates() {
            if kept + candidate.bytes <= limit {
                kept += candidate.bytes
            } else {
                victims.append(candidate.digest)
            }
        }
        database.write { db in
            for digest in victims {
                let key = Data(digest.bytes)
                try db.execute(
                    sql: "DELETE FROM bytes WHERE id = (SELECT place FROM contents WHERE digest = ?)",
                    arguments: [key]
                )
                try db.execute(sql: "DELETE FROM contents WHERE digest = ?", arguments: [key])
            }
        }
        for digest in victims { valueFiles.remove(digest) }
        vacuum()
        return victims.count
    }

    /// Forgets everything.
    ///
    /// - Throws: `StoreError.readOnly`.
    public func clear() throws {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        database.write { db in
            for table in StoreSchema.tables { try db.execute(sql: "DELETE FROM \(table)") }
        }
        for file in valueFiles.all() { unlink(file.path) }
        try? FileManager.default.removeItem(atPath: folder.work)
        fileDigests.withLock { $0 = [:] }
        vacuum()
        truncateLog()
    }

    /// Values, those most worth keeping first: by seconds per byte, halved with every week without use.
    private func candidates() -> [(digest: Digest, bytes: Int)] {
        let now = Date().timeIntervalSince1970
        let all: [(digest: Digest, bytes: Int, worth: Double)] = database.read([]) { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.digest, c.size, coalesce(max(r.cost), 0), coalesce(max(r.used), 0)
                    FROM contents c LEFT JOIN results r ON r.value = c.digest GROUP BY c.digest
                    """
            ).compactMap { row in
                guard let digest = Digest(row: row, 0) else { return nil }
                let weeks = max(0, now - (row[3] as Double)) / (7 * 86400)
                return (digest, row[1], (row[2] as Double) / Double(max(1, row[1] as Int)) * exp2(-weeks))
            }
        }
        return all.sorted { ($0.worth, $1.digest) > ($1.worth, $0.digest) }.map { ($0.digest, $0.bytes) }
    }

    /// Removes value files that no row names, but for those that a process may be about to name.
    private func removeOrphans() {
        for file in valueFiles.all() where file.age > 3600 {
            let isKnown = file.digest.map { digest in
                database.read(true) { db in
                    try Row.fetchOne(
                        db,
                        sql: "SELECT 1 FROM contents WHERE digest = ? AND place IS NULL",
                        arguments: [Data(digest.bytes)]
                    ) != nil
                }
            }
            if isKnown != true { unlink(file.path) }
        }
    }

    /// Forgets the results that were not used for the longest, and that recipes had them.
    private func forgetOldest(_ count: Int) -> Int {
        var forgotten = 0
        let isDone = database.write { db in
            try db.execute(
                sql: "DELETE FROM results WHERE key IN (SELECT key FROM results ORDER BY used, key LIMIT ?)",
                arguments: [count]
            )
            forgotten = db.changesCount
            try db.execute(sql: "DELETE FROM history WHERE key NOT IN (SELECT key FROM results)")
        }
        vacuum()
        // Without the right to write there is nothing to be done; the caller must not go on for ever.
        return isDone ? forgotten : 0
    }

    /// Digests of files, and outputs, that are not there any more.
    private func forgetMissingFiles() {
        for table in ["files", "outputs"] {
            let paths = database.read([]) { db in try String.fetchAll(db, sql: "SELECT path FROM \(table)") }
            let missing = paths.filter { access($0, F_OK) != 0 && errno == ENOENT }
            guard !missing.isEmpty else { continue }
            database.write { db in
                for path in missing { try db.execute(sql: "DELETE FROM \(table) WHERE path = ?", arguments: [path]) }
            }
        }
    }

    /// What the cache takes once its log is folded in, which another process that reads may put off.
    private var bytesInUse: Int {
        let pages = database.read(0) { db in
            try (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
        return pages + valueFiles.all().reduce(0) { $0 + Int(FileIdentity(path: $1.path)?.size ?? 0) }
    }

    /// Takes the pages of deleted rows out of the database.
    private func vacuum() {
        database.maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum") }
    }

    /// Gives the space that `vacuum` won back to the file system.
    private func truncateLog() {
        database.maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}
