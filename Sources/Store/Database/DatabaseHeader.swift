import Foundation
import GRDBSQLite

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

    /// Where the numbers lie: https://www.sqlite.org/fileformat.html
    private static let (magic, userVersion, applicationID, count) = (Array("SQLite format 3\0".utf8), 60, 68, 100)

    /// The first bytes alone: they never change, while the rest of the file may be half of what its log holds. Through
    /// SQLite's own handle: a file of its that was opened and closed by hand would lose the locks of this process.
    private static func read(_ path: String) -> DatabaseHeader {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
            let isReadable = access(path, R_OK) == 0
            let reason = isReadable ? String(cString: sqlite3_errmsg(connection)) : String(cString: strerror(errno))
            return .foreign("it cannot be read: \(reason)")
        }
        var file: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        var bytes = [UInt8](repeating: 0, count: count)
        let status = file?.pointee.pMethods.pointee.xRead(file, &bytes, CInt(count), 0)
        guard status == SQLITE_OK else {
            let isShort = status == SQLITE_IOERR | 2 << 8  // SQLITE_IOERR_SHORT_READ
            return .foreign(isShort ? "it is not a database" : "it cannot be read: \(String(cString: strerror(EIO)))")
        }
        func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.starts(with: magic) else { return .foreign("it is not a database") }
        guard number(at: applicationID) == Int(StoreSchema.applicationID) else {
            return .foreign("another program made it")
        }
        return .ours(version: number(at: userVersion))
    }
}
