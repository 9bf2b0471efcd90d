import Foundation
import GRDB
import Graph

/// What reading all of a cache found.
public struct CacheVerification: Hashable, Sendable {
    public enum Damage: Hashable, Sendable {
        /// The bytes do not have the digest they are kept under.
        case value(Digest)
        /// The row of this key does not fit together.
        case result(Digest)
        /// What SQLite says of its own structure.
        case database(String)
    }

    public let valuesRead: Int
    public let bytesRead: Int
    public let damage: [Damage]
}

extension CacheVerification.Damage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .value(let digest): "value \(digest.hex) is damaged"
        case .result(let key): "result \(key.hex) is damaged"
        case .database(let message): "database: \(message)"
        }
    }
}

extension ResultStore {
    /// Reads every value and row and checks it.
    ///
    /// - Parameter repair: drops what is damaged, so that it is made again.
    public func verify(repair: Bool) -> CacheVerification {
        flush()
        var damage: [CacheVerification.Damage] = database.read([.database("it cannot be read")]) { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }.map { .database($0) }
        }
        let digests: [Digest] = database.read([]) { db in
            try Row.fetchAll(db, sql: "SELECT digest FROM contents ORDER BY digest").compactMap { Digest(row: $0, 0) }
        }
        var bytesRead = 0
        for digest in digests {
            let bytes = bytes(of: digest) ?? []
            bytesRead += bytes.count
            if Digest(of: bytes) != digest { damage.append(.value(digest)) }
        }
        damage += damagedResults().map { .result($0) }
        if repair {
            for case .value(let digest) in damage { drop(digest) }
            let keys = damage.compactMap { if case .result(let key) = $0 { Data(key.bytes) } else { nil } }
            if !keys.isEmpty {
                database.write { db in
                    for key in keys { try db.execute(sql: "DELETE FROM results WHERE key = ?", arguments: [key]) }
                }
            }
        }
        return CacheVerification(valuesRead: digests.count, bytesRead: bytesRead, damage: damage)
    }

    private func damagedResults() -> [Digest] {
        database.read([]) { db in
            var damaged: [Digest] = []
            let rows = try Row.fetchCursor(db, sql: "SELECT key, value, seal FROM results")
            while let row = try rows.next() {
                guard let key = Digest(row: row, 0) else { continue }
                let seal = Digest(row: row, 1).map { Data(Digest.seal(key.bytes, $0.bytes)) }
                if seal != Data.fromDatabaseValue(row[2]) { damaged.append(key) }
            }
            return damaged
        }
    }
}
