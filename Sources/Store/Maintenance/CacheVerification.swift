import Foundation
import GRDB
import Graph

/// What reading all of a cache found.
public struct CacheVerification: Hashable, Sendable {
    public enum Damage: Hashable, Sendable {
        /// The bytes do not have the digest they are kept under.
        case value(Digest)
        /// It is listed, and its file is not there.
        case missing(Digest)
        /// The row of this key does not fit together.
        case result(Digest)
        /// What an unfinished node keeps at this path.
        case checkpoint(String)
        /// What SQLite says of its own structure.
        case database(String)
    }

    public let valuesRead: Int
    public let bytesRead: Int
    public let damage: [Damage]
    /// Files that nothing in the cache names: of runs that were killed, or that go on.
    public let strays: Int
}

extension CacheVerification.Damage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .value(let digest): "value \(digest.hex) is damaged"
        case .missing(let digest): "value \(digest.hex) is missing"
        case .checkpoint(let path): "checkpoint \(path) is damaged"
        case .result(let key): "result \(key.hex) is damaged"
        case .database(let message): "database: \(message)"
        }
    }
}

extension ResultStore {
    /// Reads every value, row and checkpoint and checks it.
    ///
    /// - Parameter repair: drops what is damaged, so that it is made again; nothing is changed otherwise.
    public func verify(repair: Bool) -> CacheVerification {
        flush()
        let structure: [String] = database.read([]) { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
        let digests: [Digest] = database.read([]) { db in
            try Row.fetchAll(db, sql: "SELECT digest FROM contents ORDER BY digest").compactMap { $0.digest(0) }
        }
        var bytesRead = 0
        let values = digests.compactMap { fault(of: $0, &bytesRead) }
        let results = damagedResults()
        let checkpoints = CheckpointFolder.damaged(in: folder)
        let damage =
            (database.damage + structure).map { CacheVerification.Damage.database($0) } + values
            + results.map { .result($0) } + checkpoints.map { .checkpoint($0) }
        let strays = self.strays()
        if repair, isWritable {
            for case .value(let digest) in values { drop(digest) }
            for case .missing(let digest) in values { drop(digest) }
            if !results.isEmpty {
                database.write { db in
                    for key in results {
                        try db.execute(sql: "DELETE FROM results WHERE key = ?", arguments: [Data(key.bytes)])
                    }
                }
            }
            for path in checkpoints { try? FileManager.default.removeItem(atPath: path) }
            removeStrays()
            if !structure.isEmpty { database.startAnew() }
        }
        return CacheVerification(
            valuesRead: digests.count,
            bytesRead: bytesRead,
            damage: damage,
            strays: strays.count
        )
    }

    private func fault(of digest: Digest, _ bytesRead: inout Int) -> CacheVerification.Damage? {
        switch storedBytes(of: digest) {
        case .absent: return nil
        case .missing: return .missing(digest)
        case .notAFile, .unreadable: return .value(digest)
        case .bytes(let bytes):
            bytesRead += bytes.count
            return Digest(of: bytes) == digest ? nil : .value(digest)
        }
    }

    private func damagedResults() -> [Digest] {
        database.read([]) { db in
            var damaged: [Digest] = []
            let rows = try Row.fetchCursor(db, sql: "SELECT key, value, seal FROM results")
            while let row = try rows.next() {
                guard let key = row.digest(0) else { continue }
                let seal = row.digest(1).map { Digest.seal(key.bytes, $0.bytes) }
                if seal == nil || seal != row.bytes(2) { damaged.append(key) }
            }
            return damaged
        }
    }
}
