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
    /// What the cache takes now: the database with its log, the values beside it, and what unfinished nodes keep.
    public let bytesOnDisk: Int
    /// Those of `bytesOnDisk` that belong to runs: checkpoints, and values that are not committed yet.
    public let bytesOfRuns: Int
}

extension ResultStore {
    /// Makes the cache as small as `limit`, counting all that it has on disk; no smaller than an empty one, and without
    /// what runs in progress need.
    ///
    /// Values go first (`evictValues`). Only where that is not enough, results are forgotten too, those that were not
    /// used for the longest first. What is remembered of files that no longer exist goes in any case.
    ///
    /// - Parameters:
    ///   - limit: bytes.
    ///   - recipes: the absolute paths of recipes of which nothing goes that their last runs rest on.
    /// - Throws: `StoreError.readOnly`.
    public func collectGarbage(limit: Int, sparing recipes: [String] = []) throws -> GarbageCollection {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        let before = bytesOnDisk
        removeStrays()
        CheckpointFolder.removeOld(from: folder)
        forgetMissingFiles()
        vacuum()
        var evicted = 0
        var forgotten = 0
        // What goes shares pages with what stays, so how much a value takes shows only when it is gone.
        var haste = 1
        while case let excess = bytesInUse - limit, excess > 0, case let kept = storedBytes, kept > 0 {
            let count = try evictValues(keeping: haste > kept / excess ? 0 : kept - excess * haste, sparing: recipes)
            if count == 0 { break }
            evicted += count
            haste *= 2
        }
        while bytesInUse > limit, case let results = resultCount, results > 0 {
            let count = forgetOldest((results + 3) / 4, sparing: recipes)
            if count == 0 { break }
            forgotten += count
        }
        truncateLog()
        let after = bytesOnDisk
        return GarbageCollection(
            evicted: evicted,
            forgotten: forgotten,
            bytesFreed: max(0, before - after),
            bytesOnDisk: after,
            bytesOfRuns: bytesOfWork + bytesOfUncommittedValues
        )
    }

    /// Evicts values until those that stay have at most so many bytes: first those that are quick to make again for
    /// their size and were not used for long. What they were the results of is remembered, so that nothing that follows
    /// them runs for it; and a run in progress that misses one makes it again.
    ///
    /// - Returns: how many went.
    /// - Throws: `StoreError.readOnly`.
    public func evictValues(keeping limit: Int, sparing recipes: [String] = []) throws -> Int {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        var kept = 0
        var victims: [Digest] = []
        for candidate in candidates(sparing: recipes) {
            if candidate.worth == .infinity || kept + candidate.bytes <= limit {
                kept += candidate.bytes
            } else {
                victims.append(candidate.digest)
            }
        }
        let outcome = database.write { db in try Self.delete(victims, from: db) }
        // Without the right to write there is nothing to be done; the caller must not go on for ever.
        guard outcome == .committed else { return 0 }
        removeUnnamed(victims.filter(valueFiles.has).map { (valueFiles.path($0), $0) })
        vacuum()
        return victims.count
    }

    /// Forgets everything, but for what runs in progress are about to keep.
    ///
    /// - Throws: `StoreError.readOnly`.
    public func clear() throws {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        flush()
        database.write { db in
            for table in StoreSchema.tables { try db.execute(sql: "DELETE FROM \(table)") }
        }
        removeUnnamed(valueFiles.all().map { ($0.file.path, $0.digest) })
        folder.removeUnfinished()
        try? FileManager.default.removeItem(atPath: folder.work)
        fileDigests.withLock { $0 = [:] }
        vacuum()
        truncateLog()
    }

    /// Values, those most worth keeping first: by seconds per byte, halved with every week without use; what is spared is
    /// worth more than all others.
    private func candidates(sparing recipes: [String]) -> [(digest: Digest, bytes: Int, worth: Double)] {
        let now = Date().timeIntervalSince1970
        let all: [(digest: Digest, bytes: Int, worth: Double)] = database.read([]) { db in
            try Row.fetchAll(db, sql: Self.valuesWithWorth, arguments: [Self.json(recipes)]).compactMap { row in
                guard let digest = row.digest(0), let size = row.integer(1), let cost = row.number(2),
                    let used = row.number(3)
                else { return nil }
                if row.integer(4) == 1 { return (digest, size, .infinity) }
                let weeks = max(0, now - used) / (7 * 86400)
                return (digest, size, cost / Double(max(1, size)) * exp2(-weeks))
            }
        }
        return all.sorted { ($0.worth, $1.digest) > ($1.worth, $0.digest) }
    }

    /// All values with what decides which are kept. It is asked for in each round, and takes each result once.
    package static let valuesWithWorth = """
        SELECT c.digest, c.size, coalesce(max(r.cost), 0), coalesce(max(r.used), 0),
            coalesce(max(r.key IN (\(keysOfRecipes))), 0)
        FROM contents c LEFT JOIN results r ON r.value = c.digest GROUP BY c.digest
        """

    /// What recipes rest on, by the JSON list of their names.
    private static let keysOfRecipes = "SELECT key FROM history WHERE recipe IN (SELECT value FROM json_each(?))"

    private static func json(_ recipes: [String]) -> String { Value.list(recipes.map { .string($0) }).json }

    /// Forgets the results that were not used for the longest, and that recipes had them.
    private func forgetOldest(_ count: Int, sparing recipes: [String]) -> Int {
        var forgotten = 0
        let outcome = database.write { db in
            try db.execute(
                sql: """
                    DELETE FROM results WHERE key IN (
                        SELECT key FROM results WHERE key NOT IN (\(Self.keysOfRecipes)) ORDER BY used, key LIMIT ?
                    )
                    """,
                arguments: [Self.json(recipes), count]
            )
            forgotten = db.changesCount
            for table in ["history", "origins"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE key NOT IN (SELECT key FROM results)")
            }
        }
        vacuum()
        return outcome == .committed ? forgotten : 0
    }

    /// Digests of files, and outputs, that are not there any more.
    private func forgetMissingFiles() {
        for table in ["files", "outputs"] {
            let paths = database.read([]) { db in try String.fetchAll(db, sql: "SELECT path FROM \(table)") }
            let missing = paths.filter { access($0, F_OK) != 0 && errno == ENOENT }
            guard !missing.isEmpty else { continue }
            database.write { db in
                let delete = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE path = ?")
                for path in missing { try delete.execute(arguments: [path]) }
            }
        }
    }

    // MARK: - Sizes

    /// What the cache takes once its log is folded in, which another process that reads may put off.
    private var bytesInUse: Int {
        number("PRAGMA page_count") * number("PRAGMA page_size") + bytesBesideDatabase
    }

    private var storedBytes: Int { number("SELECT coalesce(sum(size), 0) FROM contents") }
    private var resultCount: Int { number("SELECT count(*) FROM results") }

    private var bytesOfUncommittedValues: Int {
        let named = number("SELECT coalesce(sum(size), 0) FROM contents WHERE place IS NULL")
        let found = [folder.values, folder.unfinished].flatMap(FoundFile.all).reduce(0) { $0 + $1.size }
        return max(0, found - named)
    }

    private func number(_ sql: String) -> Int { database.read(0) { db in try Int.fetchOne(db, sql: sql) ?? 0 } }

    // MARK: - Space

    /// Takes the pages of deleted rows out of the database, in steps, between which others may write.
    private func vacuum() {
        var left = Int.max
        while case let free = number("PRAGMA freelist_count"), free > 0, free < left {
            left = free
            let outcome = database.maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(256)") }
            guard outcome == .committed else { return }
        }
    }

    /// Gives the space that `vacuum` won back to the file system.
    private func truncateLog() {
        database.maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}
