import Foundation
import GRDB
import Graph

/// What this process has learnt and not yet committed. It is readable all the while.
struct WriteBatch {
    struct Result {
        let value: Digest
        let cost: Double
        let made: Int
        let key: CacheKey
        /// Whether a remote cache said so, and nobody computed it here.
        var isTold = false
    }

    struct Content {
        let kind: String
        let size: Int
        /// nil when the value was written to a file of its own.
        let bytes: Bytes?
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
    /// Keys whose checkpoints nobody needs any more once this is committed.
    var finished: Set<Digest> = []
    /// Bytes of values that wait.
    var size = 0

    var isEmpty: Bool {
        results.isEmpty && contents.isEmpty && history.isEmpty && files.isEmpty && outputs.isEmpty && used.isEmpty
            && claims.isEmpty
    }

    /// Takes up what was learnt later.
    mutating func merge(_ later: WriteBatch) {
        results.merge(later.results) { $1 }
        contents.merge(later.contents) { $1 }
        history.merge(later.history) { $1 }
        files.merge(later.files) { $1 }
        outputs.merge(later.outputs) { $1 }
        used.formUnion(later.used)
        claims += later.claims
        finished.formUnion(later.finished)
        size += later.size
    }

    /// Lets go of values in memory; what they were the results of stays, and so do their checkpoints.
    mutating func dropValues() {
        contents = contents.filter { $0.value.bytes == nil }
        finished = finished.filter { results[$0].map { contents[$0.value] != nil } ?? false }
        size = 0
    }

    // MARK: - Parts

    /// How many results have values that are lost with it.
    var unkept: Int { results.values.count { contents[$0.value] != nil } }

    /// How many results have values that wait in memory.
    var waitingResults: Int { results.values.count { contents[$0.value]?.bytes != nil } }

    /// The values that wait in memory, from the smallest.
    var waitingValues: [Digest] {
        contents.filter { $0.value.bytes != nil }.sorted { ($0.value.size, $0.key.hex) < ($1.value.size, $1.key.hex) }
            .map(\.key)
    }

    /// These values, and what they are the results of.
    func part(values: some Sequence<Digest>) -> WriteBatch {
        var part = WriteBatch()
        for value in values { part.contents[value] = contents[value] }
        part.results = results.filter { part.contents[$0.value.value] != nil }
        part.finished = finished.filter { part.results[$0] != nil }
        part.size = part.contents.values.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
        return part
    }

    /// All but the values that wait in memory and what these are the results of; without claims.
    var withoutWaitingValues: WriteBatch {
        let waiting = part(values: waitingValues)
        var rest = self
        rest.claims = []
        rest.remove(waiting)
        return rest
    }

    /// Lets go of what was committed as a part of it.
    mutating func remove(_ part: WriteBatch) {
        for key in part.results.keys { results[key] = nil }
        for key in part.contents.keys { contents[key] = nil }
        for key in part.history.keys { history[key] = nil }
        for key in part.files.keys { files[key] = nil }
        for key in part.outputs.keys { outputs[key] = nil }
        used.subtract(part.used)
        finished.subtract(part.finished)
        size -= part.size
    }

    // MARK: - Into the database

    func write(to db: Database, _ files: ValueFiles) throws {
        for (digest, content) in contents { try write(content, digest, files, to: db) }
        try writeResults(to: db)
        for (name, key) in history {
            // Most are what they were: nothing is written then.
            try db.cachedStatement(
                sql: """
                    INSERT INTO history (recipe, instance, key) VALUES (?,?,?)
                    ON CONFLICT DO UPDATE SET key = excluded.key WHERE key != excluded.key
                    """
            ).execute(arguments: [name.recipe, name.instance, Data(key.bytes)])
        }
        for (path, row) in self.files { try write(row, path, to: "files", in: db) }
        for (path, row) in outputs { try write(row, path, to: "outputs", in: db) }
        let now = Int(Date().timeIntervalSince1970)
        let use = try db.cachedStatement(sql: "UPDATE results SET used = ? WHERE key = ?")
        for key in used { try use.execute(arguments: [now, Data(key.bytes)]) }
    }

    private func writeResults(to db: Database) throws {
        let insertResult = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO results (key, value, cost, made, used, seal) VALUES (?,?,?,?,?,?)"
        )
        let insertTold = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO results (key, value, cost, made, used, seal, told) VALUES (?,?,?,?,?,?,1)"
        )
        let insertOrigin = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO origins (key, node, parts) VALUES (?,?,?)"
        )
        for (key, result) in results {
            let id = Data(key.bytes)
            try (result.isTold ? insertTold : insertResult).execute(arguments: [
                id, Data(result.value.bytes), result.cost, result.made, result.made,
                Data(Digest.seal(key.bytes, result.value.bytes)),
            ])
            try insertOrigin.execute(arguments: [id, result.key.kind, KeyComponents(result.key).stored])
        }
    }

    private func write(_ content: Content, _ digest: Digest, _ files: ValueFiles, to db: Database) throws {
        let key = Data(digest.bytes)
        let present = try db.cachedStatement(sql: "SELECT 1 FROM contents WHERE digest = ?")
        guard try Int.fetchOne(present, arguments: [key]) == nil else { return }
        var place: Int64?
        if let bytes = content.bytes {
            let data = bytes.withUnsafeBytes { Data($0) }
            try db.cachedStatement(sql: "INSERT INTO bytes (content) VALUES (?)").execute(arguments: [data])
            place = db.lastInsertedRowID
        } else if !files.has(digest) {
            // Another process made room meanwhile. While this transaction lasts, none can.
            return
        }
        try db.cachedStatement(sql: "INSERT INTO contents (digest, kind, size, place) VALUES (?,?,?,?)")
            .execute(arguments: [key, content.kind, content.size, place])
    }

    private func write(_ row: FileRow, _ path: String, to table: String, in db: Database) throws {
        let identity = row.identity.bytes
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO \(table) (path, identity, digest, seal) VALUES (?,?,?,?)")
            .execute(arguments: [
                path, Data(identity), Data(row.digest.bytes),
                Data(Digest.seal(Array(path.utf8), identity, row.digest.bytes)),
            ])
    }
}
