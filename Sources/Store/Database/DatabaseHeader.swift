import Foundation
import GRDB

/// What a file says of itself, before anything is changed in it.
enum DatabaseHeader: Equatable {
    case absent
    /// No byte in it: what a full disk or a crash of the machine leaves.
    case empty
    case ours(version: Int)
    /// Not a cache of ours, with the reason.
    case foreign(String)

    init(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            self = errno == ENOENT ? .absent : .foreign(String(cString: strerror(errno)))
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = status.st_size == 0 ? .empty : Self.read(path)
        case S_IFDIR: self = .foreign("it is a folder")
        default: self = .foreign("it is no ordinary file")
        }
    }

    /// Through SQLite: a file of its that were opened and closed by hand would lose the locks of this process.
    private static func read(_ path: String) -> DatabaseHeader {
        do {
            let queue = try StoreDatabase.connectUnchanging(path)
            defer { try? queue.close() }
            return try queue.unsafeRead { db in
                let id = try Int.fetchOne(db, sql: "PRAGMA application_id")
                guard id == Int(StoreSchema.applicationID) else { return .foreign("another program made it") }
                return .ours(version: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            return .foreign("it is not a database")
        } catch  where DatabaseFault(error) == .damage {
            return .foreign("it is damaged")
        } catch {
            let reason = access(path, R_OK) == 0 ? DatabaseFault.reason(error) : String(cString: strerror(errno))
            return .foreign("it cannot be read: \(reason)")
        }
    }
}
