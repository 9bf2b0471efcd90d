import Foundation
import GRDB
import Graph

/// A file of results to take elsewhere: a cache of the same tables, with one difference. Values of any size lie in it, cut
/// into rows of `bytes` that follow each other.
///
/// Whoever made it is not trusted: nothing in it is used before it was checked. That a key gave this value, and not another,
/// cannot be checked: it has to be believed, as the pictures of a colleague are.
struct SharedFile {
    /// Of a row: SQLite takes no more than a gigabyte.
    static let pieceSize = 64 << 20
    private static let longestText = 1 << 20

    /// A key and what it gave.
    struct Result {
        let key: Digest
        let value: Digest
        let cost: Double
        let made: Int
        let node: String
        let parts: String
    }

    private let path: String
    private let queue: DatabaseQueue

    /// - Throws: `SharingError`.
    init(path: String) throws {
        self.path = path
        switch DatabaseHeader(path: path) {
        case .absent: throw SharingError.notShared(path: path, reason: "it is not there")
        case .empty: throw SharingError.notShared(path: path, reason: "it is empty")
        case .foreign(let reason): throw SharingError.notShared(path: path, reason: reason)
        case .ours(StoreSchema.version): break
        case .ours(let version):
            throw SharingError.otherFormat(path: path, found: version, supported: StoreSchema.version)
        }
        do {
            queue = try StoreDatabase.connectUnchanging(path)
        } catch {
            throw SharingError.notShared(path: path, reason: DatabaseFault.reason(error))
        }
        try read { db in
            // Nothing but our tables: no view or trigger that would run with what is asked.
            let expected = try DatabaseQueue().write { fresh in
                try StoreSchema.create(in: fresh)
                return try Self.schema(of: fresh)
            }
            guard try Self.schema(of: db) == expected else { throw Refusal("its tables are others") }
            let problems = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
            guard problems == ["ok"] else { throw Refusal(problems.first ?? "it cannot be checked") }
        }
    }

    func close() { try? queue.close() }

    private static func schema(of db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
        )
    }

    /// - Parameter body: called with each result, checked.
    /// - Throws: `SharingError`; what `body` throws.
    func eachResult(_ body: (Result) throws -> Void) throws {
        var last = Data()
        while true {
            let results = try read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT r.key, r.value, r.cost, r.made, r.seal, o.node, o.parts
                        FROM results r LEFT JOIN origins o ON o.key = r.key WHERE r.key > ? ORDER BY r.key LIMIT 1000
                        """,
                    arguments: [last]
                ).map(Self.result)
            }
            guard let end = results.last else { return }
            last = Data(end.key.bytes)
            for result in results { try body(result) }
        }
    }

    private static func result(_ row: Row) throws -> Result {
        guard let key = row.digest(0), let value = row.digest(1), let cost = row.number(2), let made = row.integer(3),
            row.bytes(4) == Digest.seal(key.bytes, value.bytes), cost >= 0, cost.isFinite, made >= 0
        else { throw Refusal("a result does not fit together") }
        guard let node = row.text(5), let parts = row.text(6), node.utf8.count + parts.utf8.count <= longestText else {
            throw Refusal("result \(key.short) does not say what it was made of")
        }
        return Result(key: key, value: value, cost: cost, made: made, node: node, parts: parts)
    }

    /// A value with its kind; nil where it was evicted before the file was made.
    /// - Throws: `SharingError`.
    func value(_ digest: Digest) throws -> (kind: String, encoded: EncodedRecord)? {
        try read { db in
            let sql = "SELECT kind, size, place FROM contents WHERE digest = ?"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [Data(digest.bytes)]) else { return nil }
            let refusal = Refusal("value \(digest.short) is damaged")
            guard let kind = row.text(0), let size = row.integer(1), let place = row.integer(2), size > 0,
                size <= FileIdentity(path: path)?.size ?? 0, place > 0, place < Int.max / 2
            else { throw refusal }
            let count = (size + Self.pieceSize - 1) / Self.pieceSize
            let rows = StatementArguments([place, place + count])
            let length = try Int.fetchOne(
                db,
                sql: "SELECT coalesce(sum(length(content)), 0) FROM bytes WHERE id >= ? AND id < ?",
                arguments: rows
            )
            guard length == size else { throw refusal }
            let bytes = try Bytes(count: size) { target in
                let pieces = try Row.fetchCursor(
                    db,
                    sql: "SELECT content FROM bytes WHERE id >= ? AND id < ? ORDER BY id",
                    arguments: rows
                )
                var rest = target[...]
                while let piece = try pieces.next() {
                    try piece.withUnsafeData(atIndex: 0) { data in
                        guard let data, data.count <= rest.count else { throw refusal }
                        UnsafeMutableRawBufferPointer(rebasing: rest).copyBytes(from: data)
                        rest = rest.dropFirst(data.count)
                    }
                }
                guard rest.isEmpty else { throw refusal }
            }
            guard let record = try? RecordCoder.decode(bytes), record.kind == kind else { throw refusal }
            let encoded = RecordCoder.encode(record)
            guard encoded.digest == digest else { throw refusal }
            return (kind, encoded)
        }
    }

    /// The key that each instance had.
    /// - Throws: `SharingError`.
    func history() throws -> [String: Digest] {
        try read { db in
            var keys: [String: Digest] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT instance, key FROM history")
            while let row = try rows.next() {
                guard let name = row.text(0), name.utf8.count <= Self.longestText, let key = row.digest(1) else {
                    throw Refusal("its history does not fit together")
                }
                keys[name] = key
            }
            return keys
        }
    }

    private struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.unsafeRead(body)
        } catch let refusal as Refusal {
            throw SharingError.notShared(path: path, reason: refusal.reason)
        } catch {
            throw SharingError.notShared(path: path, reason: DatabaseFault.reason(error))
        }
    }
}
