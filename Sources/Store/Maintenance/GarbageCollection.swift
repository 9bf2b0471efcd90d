import Foundation
import GRDB
import Graph

/// What making room did.
public struct GarbageCollection: Hashable, Sendable {
    public let evicted: Int
    public let bytesFreed: Int
    /// Bytes of values that stay.
    public let bytesKept: Int
}

extension ResultStore {
    /// Evicts values until those that stay have at most `limit` bytes: first those that are quick to make again for
    /// their size and were not used for long. What they were the results of is remembered, so that nothing that follows
    /// them runs for it; and a run in progress that misses one makes it again.
    ///
    /// - Throws: `StoreError.readOnly`.
    public func collectGarbage(limit: Int) throws -> GarbageCollection {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        var kept = 0
        var victims: [(digest: Digest, bytes: Int)] = []
        for candidate in candidates() {
            if kept + candidate.bytes <= limit {
                kept += candidate.bytes
            } else {
                victims.append(candidate)
            }
        }
        database.write { db in
            for (digest, _) in victims {
                let key = Data(digest.bytes)
                try db.execute(
                    sql: "DELETE FROM bytes WHERE id = (SELECT place FROM contents WHERE digest = ?)",
                    arguments: [key]
                )
                try db.execute(sql: "DELETE FROM contents WHERE digest = ?", arguments: [key])
            }
        }
        for (digest, _) in victims { valueFiles.remove(digest) }
        removeOrphans()
        shrink()
        return GarbageCollection(
            evicted: victims.count,
            bytesFreed: victims.reduce(0) { $0 + $1.bytes },
            bytesKept: kept
        )
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
        fileDigests.withLock { $0 = [:] }
        shrink()
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

    /// Gives the space of deleted rows back to the file system.
    private func shrink() {
        database.maintain { db in
            _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum")
            _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}
