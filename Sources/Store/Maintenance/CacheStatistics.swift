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
    /// Bytes on disk: the database with its log, and the values beside it.
    public let bytesOnDisk: Int

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
            ).map { CacheStatistics.Kind(name: $0[0], values: $0[1], bytes: $0[2]) }
        }
        let (results, cost): (Int, Double) = database.read((0, 0)) { db in
            try Row.fetchOne(db, sql: "SELECT count(*), total(cost) FROM results").map { ($0[0], $0[1]) } ?? (0, 0)
        }
        return CacheStatistics(results: results, kinds: kinds, cost: cost, bytesOnDisk: bytesOnDisk)
    }

    var bytesOnDisk: Int {
        let database = ["", "-wal"].compactMap { FileIdentity(path: folder.database + $0)?.size }
        let values = valueFiles.all().compactMap { FileIdentity(path: $0.path)?.size }
        return Int((database + values).reduce(0, +))
    }

    /// Every result, the newest first.
    public func entries() -> [CacheEntry] {
        flush()
        return database.read([]) { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT r.key, r.value, r.components, c.size, r.cost, r.made
                    FROM results r LEFT JOIN contents c ON c.digest = r.value ORDER BY r.made DESC, r.key
                    """
            )
            var entries: [CacheEntry] = []
            while let row = try rows.next() {
                guard let key = Digest(row: row, 0), let value = Digest(row: row, 1) else { continue }
                let node = KeyComponents(stored: row[2])["node"] ?? "?"
                entries.append(
                    CacheEntry(key: key, value: value, node: node, bytes: row[3], cost: row[4], made: row[5])
                )
            }
            return entries
        }
    }
}
