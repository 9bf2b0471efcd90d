import Foundation
import GRDB
import Glibc
import Graph

extension ResultStore {
    /// Writes all that the cache has of a recipe, as it was last run, into one file, for another cache to take (`take`).
    ///
    /// - Parameters:
    ///   - recipe: the absolute path of its file.
    ///   - file: replaced when all is in it.
    /// - Throws: `SharingError`.
    public func export(_ recipe: String, to file: String) throws -> SharedCounts {
        flush()
        let history = history(of: recipe)
        guard !history.isEmpty else { throw SharingError.nothing(recipe: recipe) }
        let unfinished = "\(file).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
        defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(unfinished + suffix) } }
        // SQLite does not say why a file cannot be made.
        let place = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard place >= 0 else { throw SharingError.cannotWrite(path: file, reason: String(cString: strerror(errno))) }
        Glibc.close(place)
        unlink(unfinished)
        var counts = SharedCounts()
        do {
            try StoreDatabase.create(at: unfinished)
            let queue = try StoreDatabase.connect(unfinished)
            // All of it in the one file that is taken away.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
            try queue.write { db in
                for (instance, key) in history.sorted(by: { $0.key < $1.key }) {
                    let name = URL(fileURLWithPath: recipe).lastPathComponent
                    try db.execute(
                        sql: "INSERT INTO history (recipe, instance, key) VALUES (?,?,?)",
                        arguments: [name, instance, Data(key.bytes)]
                    )
                }
                for key in Set(history.values).sorted() { try copyResult(key, to: db, &counts) }
            }
            try queue.close()
        } catch {
            throw SharingError.cannotWrite(path: file, reason: DatabaseFault.reason(error))
        }
        guard rename(unfinished, file) == 0 else {
            throw SharingError.cannotWrite(path: file, reason: String(cString: strerror(errno)))
        }
        return counts
    }

    private func copyResult(_ key: Digest, to db: Database, _ counts: inout SharedCounts) throws {
        let row = database.read(nil) { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT r.value, r.cost, r.made, r.seal, o.node, o.parts, c.kind
                    FROM results r JOIN origins o ON o.key = r.key LEFT JOIN contents c ON c.digest = r.value
                    WHERE r.key = ?
                    """,
                arguments: [Data(key.bytes)]
            )
        }
        guard let row, let value = row.digest(0), let cost = row.number(1), let made = row.integer(2),
            row.bytes(3) == Digest.seal(key.bytes, value.bytes), let node = row.text(4), let parts = row.text(5)
        else { return }
        try db.execute(
            sql: "INSERT INTO results (key, value, cost, made, used, seal) VALUES (?,?,?,?,?,?)",
            arguments: [
                Data(key.bytes), Data(value.bytes), cost, made, made, Data(Digest.seal(key.bytes, value.bytes)),
            ]
        )
        try db.execute(
            sql: "INSERT INTO origins (key, node, parts) VALUES (?,?,?)",
            arguments: [Data(key.bytes), node, parts]
        )
        counts.results += 1
        let present = "SELECT 1 FROM contents WHERE digest = ?"
        guard let kind = row.text(6), try Int.fetchOne(db, sql: present, arguments: [Data(value.bytes)]) == nil,
            case .bytes(let bytes) = storedBytes(of: value), Digest(of: bytes) == value
        else { return }
        try copyValue(bytes, value, kind: kind, to: db)
        counts.values += 1
        counts.bytes += bytes.count
    }

    private func copyValue(_ bytes: Bytes, _ value: Digest, kind: String, to db: Database) throws {
        var place: Int64?
        for start in stride(from: 0, to: bytes.count, by: SharedFile.pieceSize) {
            let piece = bytes[start..<min(bytes.count, start + SharedFile.pieceSize)]
            let data = piece.withUnsafeBytes { Data($0) }
            try db.cachedStatement(sql: "INSERT INTO bytes (content) VALUES (?)").execute(arguments: [data])
            place = place ?? db.lastInsertedRowID
        }
        try db.execute(
            sql: "INSERT INTO contents (digest, kind, size, place) VALUES (?,?,?,?)",
            arguments: [Data(value.bytes), kind, bytes.count, place]
        )
    }
}
