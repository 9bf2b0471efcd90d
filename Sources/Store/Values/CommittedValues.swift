import Foundation
import GRDB
import Graph

/// The values that are committed, in the database or in files beside it.
struct CommittedValues: Sendable {
    enum Found {
        case absent
        /// Listed, and not there: somebody made room.
        case missing
        case notAFile
        case unreadable(String)
        case bytes(Bytes)
    }

    let database: StoreDatabase
    let files: ValueFiles

    /// Without any check.
    func bytes(of digest: Digest) -> Found {
        let sql = "SELECT c.place, b.content FROM contents c LEFT JOIN bytes b ON b.id = c.place WHERE c.digest = ?"
        let found: Found? = database.read(.absent) { db in
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [Data(digest.bytes)]) else {
                return .absent
            }
            if row.hasNull(atIndex: 0) { return nil }
            // A row without bytes is damage, which an empty value shows to whoever checks the digest.
            return .bytes(try row.withUnsafeData(atIndex: 1) { Bytes($0 ?? Data()) })
        }
        return found ?? fileBytes(of: digest)
    }

    func fileBytes(of digest: Digest) -> Found {
        do {
            return try files.read(digest).map { .bytes($0) } ?? .missing
        } catch let error as SystemError where error.code == EISDIR {
            return .notAFile
        } catch {
            return .unreadable(DatabaseFault.reason(error))
        }
    }

    /// The bytes that the digest is of; nil where there are none such.
    func checkedBytes(of digest: Digest) -> Bytes? {
        guard case .bytes(let bytes) = bytes(of: digest), Digest(of: bytes) == digest else { return nil }
        return bytes
    }
}
