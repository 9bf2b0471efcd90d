import Foundation
import GRDB
import GRDBSQLite
import Graph

extension StoreDatabase {
    /// Seconds that a statement waits for another process's transaction.
    private static let busyTimeout = 2.0

    /// Only to a file that is there: where it went meanwhile, SQLite would make an empty one.
    static func connect(_ path: String) throws -> DatabaseQueue {
        try check(DatabaseQueue(path: uri(path, "mode=rw"), configuration: configuration(readOnly: false)))
    }

    /// Works on media that cannot be written at all.
    static func connectReadOnly(_ path: String) throws -> DatabaseQueue {
        do {
            return try check(DatabaseQueue(path: path, configuration: configuration(readOnly: true)))
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode.primaryResultCode)
        {
            // No log and no shared memory can be made beside the file (SQLite says "read only" of a folder that cannot
            // be written), so nobody with our rights can be writing to it either.
            return try check(connectUnchanging(path))
        }
    }

    /// Reads the file alone, without log and locks, as if nobody ever changed it.
    static func connectUnchanging(_ path: String) throws -> DatabaseQueue {
        try DatabaseQueue(path: uri(path, "immutable=1"), configuration: configuration(readOnly: true))
    }

    private static func uri(_ path: String, _ parameter: String) -> String {
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        return "file:\(path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)?\(parameter)"
    }

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.readonly = readOnly
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA secure_delete = OFF;
                    PRAGMA wal_autocheckpoint = 256;
                    PRAGMA cache_size = -16384;
                    """
            )
        }
        return configuration
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

    /// Lets go of a file that is no longer the one at its path: SQLite would remove the log that is there now, which is
    /// another file's.
    static func abandon(_ queue: DatabaseQueue?) {
        guard let queue else { return }
        queue.inDatabase { db in
            var isKept: CInt = 1
            _ = sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &isKept)
        }
        try? queue.close()
    }

    /// Makes an empty cache under another name and renames it, so that no process ever sees half of one.
    static func create(at path: String) throws {
        let temporary = "\(path).new-\(getpid())"
        defer { for suffix in ["", "-wal", "-shm", "-journal"] { unlink(temporary + suffix) } }
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
        // A log and an index without their file belong to nobody.
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        guard rename(temporary, path) == 0 else { throw SystemError(path: path) }
    }

    /// Removes what others left that were killed while they made a cache. Only under the lock that all makers take.
    static func removeUnfinished(beside path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let prefix = (path as NSString).lastPathComponent + ".new-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            unlink("\(folder)/\(name)")
        }
    }

    /// Moves what stands where a file of the cache should be out of the way.
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
