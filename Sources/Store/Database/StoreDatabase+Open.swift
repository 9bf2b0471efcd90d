import Foundation
import GRDB
import Graph

extension StoreDatabase {
    /// A connection; `readOnly` ones work on media that cannot be written at all.
    static func connect(_ path: String, readOnly: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.readonly = readOnly
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA secure_delete = OFF;
                    PRAGMA wal_autocheckpoint = 256;
                    PRAGMA cache_size = -32768;
                    """
            )
        }
        if !readOnly { return try check(DatabaseQueue(path: path, configuration: configuration)) }
        do {
            return try check(DatabaseQueue(path: path, configuration: configuration))
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode.primaryResultCode)
        {
            // No log and no shared memory can be made beside the file (SQLite says "read only" of a folder that cannot
            // be written), so nobody with our rights can be writing to it either.
            let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
            let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
            return try check(DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration))
        }
    }

    /// - Throws: `SQLITE_CORRUPT` unless the tables are there and their roots can be read.
    private static func check(_ queue: DatabaseQueue) throws -> DatabaseQueue {
        try queue.unsafeRead { db in
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            guard tables == StoreSchema.tables else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "tables are missing")
            }
            for table in tables { _ = try Row.fetchOne(db, sql: "SELECT * FROM \(table) LIMIT 1") }
        }
        return queue
    }

    /// Makes an empty cache under another name and renames it, so that no process ever sees half of one.
    static func create(at path: String) throws {
        let temporary = "\(path).new-\(getpid())"
        try? FileManager.default.removeItem(atPath: temporary)
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA page_size = \(StoreSchema.pageSize);
                    PRAGMA auto_vacuum = INCREMENTAL;
                    PRAGMA synchronous = OFF;
                    """
            )
        }
        let queue = try DatabaseQueue(path: temporary, configuration: configuration)
        try queue.write { db in
            try StoreSchema.create(in: db)
            try db.execute(
                sql: """
                    PRAGMA application_id = \(StoreSchema.applicationID);
                    PRAGMA user_version = \(StoreSchema.version);
                    """
            )
        }
        try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.close()
        guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    /// Moves what stands where the cache should be out of the way, and says so.
    /// - Returns: the new name.
    static func quarantine(_ path: String) -> String {
        let time = Int(Date().timeIntervalSince1970)
        var moved = "\(path).corrupt-\(time)"
        var attempt = 1
        while access(moved, F_OK) == 0 {
            attempt += 1
            moved = "\(path).corrupt-\(time)-\(attempt)"
        }
        _ = rename(path, moved)
        // What belongs to the old file must not be taken for the new one's.
        for suffix in ["-wal", "-shm", "-journal"] { _ = rename(path + suffix, moved + suffix) }
        return moved
    }
}
