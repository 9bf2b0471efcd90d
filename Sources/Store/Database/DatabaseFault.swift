import Foundation
import GRDB

/// What an error of the database means for what comes next.
enum DatabaseFault: Equatable {
    /// The file is not what it should be: it has to be replaced.
    case damage
    case readOnly
    /// The locks of the log's index were not to be had in the ten seconds for which SQLite tries: on some file systems
    /// they never are, and every call would take as long.
    case locking
    /// Busy, full, out of descriptors or memory, a disk that fails: another time it may go.
    case passing

    init(_ error: any Error) {
        switch (error as? DatabaseError)?.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT?, .SQLITE_NOTADB?, .SQLITE_FORMAT?, .SQLITE_MISMATCH?: self = .damage
        case .SQLITE_READONLY?, .SQLITE_PERM?, .SQLITE_AUTH?: self = .readOnly
        case .SQLITE_PROTOCOL?: self = .locking
        default: self = .passing
        }
    }

    /// Whether a disk had no room, or would not take what was written.
    static func isWantOfRoom(_ error: any Error) -> Bool {
        let code = (error as? DatabaseError)?.resultCode.primaryResultCode
        return code == .SQLITE_FULL || code == .SQLITE_IOERR
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as DatabaseError: error.message ?? "\(error.resultCode)"
        case let error as SystemError: error.description
        default: error.localizedDescription
        }
    }
}
