import Foundation
import GRDB
import Graph

/// What this process has learnt and not yet committed. It is readable all the while.
struct WriteBatch {
    struct Result {
        let value: Digest
        let cost: Double
        let made: Int
        let components: String
    }

    struct Content {
        let kind: String
        let size: Int
        /// nil when the value was written to a file of its own.
        let bytes: [UInt8]?
    }

    struct InstanceName: Hashable {
        let recipe: String
        let instance: String
    }

    struct FileRow {
        let identity: FileIdentity
        let digest: Digest
    }

    var results: [Digest: Result] = [:]
    var contents: [Digest: Content] = [:]
    var history: [InstanceName: Digest] = [:]
    var files: [String: FileRow] = [:]
    var outputs: [String: FileRow] = [:]
    /// Keys whose results were used again.
    var used: Set<Digest> = []
    /// Held until the results can be seen by other processes.
    var claims: [Claim] = []
    /// Bytes of values that wait.
    var size = 0

    var isEmpty: Bool {
        results.isEmpty && contents.isEmpty && history.isEmpty && files.isEmpty && outputs.isEmpty && used.isEmpty
            && claims.isEmpty
    }

    func write(to db: Database) throws {
        for (digest, content) in contents { try write(content, digest, to: db) }
        let now = Int(Date().timeIntervalSince1970)
        for (key, result) in results {
            try db.cachedStatement(
                sql:
                    "INSERT OR REPLACE INTO results (key, value, cost, made, used, components, seal) VALUES (?,?,?,?,?,?,?)"
            ).execute(arguments: [
                Data(key.bytes), Data(result.value.bytes), result.cost, result.made, result.made, result.components,
                Data(Digest.seal(key.bytes, result.value.bytes)),
            ])
        }
        for (name, key) in history {
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO history (recipe, instance, key) VALUES (?,?,?)")
                .execute(arguments: [name.recipe, name.instance, Data(key.bytes)])
        }
        for (path, row) in files { try write(row, path, to: "files", column: "digest", in: db) }
        for (path, row) in outputs { try write(row, path, to: "outputs", column: "content", in: db) }
        for key in used {
            try db.cachedStatement(sql: "UPDATE results SET used = ? WHERE key = ?")
                .execute(arguments: [now, Data(key.bytes)])
        }
    }

    private func write(_ content: Content, _ digest: Digest, to db: Database) throws {
        let key = Data(digest.bytes)
        let present = try db.cachedStatement(sql: "SELECT 1 FROM contents WHERE digest = ?")
        guard try Int.fetchOne(present, arguments: [key]) == nil else { return }
        var place: Int64?
        if let bytes = content.bytes {
            try db.cachedStatement(sql: "INSERT INTO bytes (content) VALUES (?)").execute(arguments: [Data(bytes)])
            place = db.lastInsertedRowID
        }
        try db.cachedStatement(sql: "INSERT INTO contents (digest, kind, size, place) VALUES (?,?,?,?)")
            .execute(arguments: [key, content.kind, content.size, place])
    }

    private func write(_ row: FileRow, _ path: String, to table: String, column: String, in db: Database) throws {
        let identity = row.identity.bytes
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO \(table) (path, identity, \(column), seal) VALUES (?,?,?,?)"
        )
        .execute(arguments: [
            path, Data(identity), Data(row.digest.bytes),
            Data(Digest.seal(Array(path.utf8), identity, row.digest.bytes)),
        ])
    }
}
