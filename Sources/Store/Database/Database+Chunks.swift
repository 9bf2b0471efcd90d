import Foundation
import GRDB

extension Database {
    /// The rows of many keys, with few statements.
    ///
    /// - Parameters:
    ///   - sql: a query with `$keys` where the list of them belongs.
    ///   - body: sees each row while the cursor stands on it.
    func eachRow<Key: DatabaseValueConvertible>(_ sql: String, of keys: [Key], _ body: (Row) throws -> Void) throws {
        var rest = keys[...]
        while let last = rest.last {
            // Two sizes only, so that statements are found again; what is missing is the last key once more.
            let size = rest.count > 32 ? 1000 : 32
            let chunk = rest.prefix(size) + Array(repeating: last, count: max(0, size - rest.count))
            rest = rest.dropFirst(size)
            let marks = repeatElement("?", count: size).joined(separator: ",")
            let statement = try cachedStatement(sql: sql.replacing("$keys", with: "(\(marks))"))
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(chunk))
            while let row = try rows.next() { try body(row) }
        }
    }
}
