import Foundation
import GRDB
import Graph

/// How full a cache is.
public struct CacheStatistics: Hashable, Sendable {
    public struct Kind: Hashable, Sendable {
        /// `image`, `latent`, ...
        public let name: String
        public let values: Int
        public let bytes: Int
    }

    public let results: Int
    /// In the order of size, the largest first.
    public let kinds: [Kind]
    /// Seconds that computing all results took.
    public let cost: Double
    /// Bytes on disk: the database with its log, the values beside it, and what unfinished nodes keep.
    public let bytesOnDisk: Int
    /// Those of `bytesOnDisk` that are checkpoints of unfinished nodes.
    public let bytesOfWork: Int

    public var values: Int { kinds.reduce(0) { $0 + $1.values } }
    public var bytes: Int { kinds.reduce(0) { $0 + $1.bytes } }
}

/// A result as `cache list` shows it.
public struct CacheEntry: Hashable, Sendable {
    public let key: Digest
    public let value: Digest
    /// The kind of node that made it.
    public let node: String
    /// nil when the value was evicted.
    public let bytes: Int?
    /// Seconds.
    public let cost: Double
    /// Seconds since 1970.
    public let made: Int
}

extension ResultStore {
    public func statistics() -> CacheStatistics {
        flush()
        let kinds: [CacheStatistics.Kind] = database.read([]) { db in
            try Row.fetchAll(
                db,
                sql: "SELECT kind, count(*), sum(size) FROM contents GROUP BY kind ORDER BY sum(size) DESC, kind"
            ).compactMap { row in
                guard let name = row.text(0), let values = row.integer(1), let bytes = row.integer(2) else {
                    return nil
                }
                return CacheStatistics.Kind(name: name, values: values, bytes: bytes)
            }
        }
        let (results, cost): (Int, Double) = database.read((0, 0)) { db in
            let row = try Row.fetchOne(db, sql: "SELECT count(*), total(cost) FROM results")
            return (row?.integer(0) ?? 0, row?.number(1) ?? 0)
        }
        return CacheStatistics(
            results: results,
            kinds: kinds,
            cost: cost,
            bytesOnDisk: bytesOnDisk,
            bytesOfWork: bytesOfWork
        )
    }

    var bytesOnDisk: Int {
        let database = ["", "-wal"].compactMap { FileIdentity(path: folder.database + $0)?.size }
        return Int(database.reduce(0, +)) + bytesBesideDatabase
    }

    var bytesBesideDatabase: Int {
        [folder.values, folder.unfinished].flatMap(FoundFile.all).reduce(bytesOfWork) { $0 + $1.size }
    }

    var bytesOfWork: Int { FoundFile.all(below: folder.work).reduce(0) { $0 + $1.size } }

    /// Every result, the newest first.
    public func entries() -> [CacheEntry] {
        flush()
        return database.read([]) { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT r.key, r.value, o.node, c.size, r.cost, r.made
                    FROM results r LEFT JOIN contents c ON c.digest = r.value LEFT JOIN origins o ON o.key = r.key
                    ORDER BY r.made DESC, r.key
                    """
            )
            var entries: [CacheEntry] = []
            while let row = try rows.next() {
                guard let key = row.digest(0), let value = row.digest(1), let cost = row.number(4),
                    let made = row.integer(5)
                else { continue }
                let node = row.text(2) ?? "?"
                entries.append(
                    CacheEntry(key: key, value: value, node: node, bytes: row.integer(3), cost: cost, made: made)
                )
            }
            return entries
        }
    }
}
