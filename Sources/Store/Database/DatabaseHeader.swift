import Foundation

/// What the first hundred bytes of a file say of it, read without SQLite, which would begin to change the file.
/// https://www.sqlite.org/fileformat2.html#the_database_header
enum DatabaseHeader: Equatable {
    case absent
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
        case S_IFREG: break
        case S_IFDIR:
            self = .foreign("it is a folder")
            return
        default:
            self = .foreign("it is no ordinary file")
            return
        }
        guard status.st_size > 0 else {
            self = .absent
            return
        }
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: 100) else {
            self = .foreign("it cannot be read")
            return
        }
        let bytes = [UInt8](data)
        guard bytes.count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            self = .foreign("it is not a database")
            return
        }
        func number(at offset: Int) -> UInt32 { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        guard number(at: 68) == StoreSchema.applicationID else {
            self = .foreign("another program made it")
            return
        }
        self = .ours(version: Int(number(at: 60)))
    }
}
