import Foundation
import GRDB
import GRDBSQLite
import Graph

/// A row while the statement stands on it. What does not fit is nil: the file may be damaged.
struct FoundRow {
    fileprivate let statement: OpaquePointer

    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    func digest(_ column: Int32) -> Digest? { Digest(exactly: bytes(column)) }
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
    func number(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }
}

/// What rows are looked up by.
protocol LookUpKey {
    var isText: Bool { get }
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

extension Digest: LookUpKey {
    var isText: Bool { false }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(body)
    }
}

extension String: LookUpKey {
    var isText: Bool { true }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        var text = self
        return try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }
}

extension Database {
    /// The rows of many keys, ten thousand of them in some milliseconds: GRDB's rows and arguments would take most of
    /// the time.
    ///
    /// - Parameters:
    ///   - sql: a query with one `?`.
    ///   - body: sees each row, with its key's place.
    func eachRow(
        _ sql: String,
        of keys: some Collection<some LookUpKey>,
        _ body: (_ place: Int, FoundRow) throws -> Void
    ) throws {
        // Else each step would lock the file for itself.
        guard keys.count == 1 || isInsideTransaction else {
            return try inTransaction(.deferred) {
                try eachRow(sql, of: keys, body)
                return .commit
            }
        }
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (place, key) in keys.enumerated() {
            try key.withBytes { bytes in
                sqlite3_reset(statement)
                // Without a copy: the bytes stay until the last step.
                let bound =
                    key.isText
                    ? sqlite3_bind_text(
                        statement,
                        1,
                        bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        Int32(bytes.count),
                        nil
                    )
                    : sqlite3_bind_blob(statement, 1, bytes.baseAddress, Int32(bytes.count), nil)
                guard bound == SQLITE_OK else { throw failure(bound) }
                while true {
                    let outcome = sqlite3_step(statement)
                    if outcome == SQLITE_DONE { return }
                    guard outcome == SQLITE_ROW else { throw failure(outcome) }
                    try body(place, FoundRow(statement: statement))
                }
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage)
    }
}
