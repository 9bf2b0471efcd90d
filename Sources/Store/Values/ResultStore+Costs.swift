import Foundation
import GRDB
import Graph

extension ResultStore {
    /// Those of the keys whose results would be gone if the process ended now: with no value on the disk.
    public func unkept(_ keys: [Digest]) -> [Digest] {
        var unkept = Set(keys)
        guard !keys.isEmpty else { return [] }
        let sql = "SELECT 1 FROM results r JOIN contents c ON c.digest = r.value WHERE r.key = ?"
        database.read(()) { db in
            try db.eachRow(sql, of: keys) { place, _ in unkept.remove(keys[place]) }
        }
        return keys.filter(unkept.contains)
    }

    /// What nodes of a kind took, the newest results first, and what their keys were made of.
    public func costs(ofKind kind: String, atMost count: Int) -> [(seconds: Double, components: KeyComponents)] {
        database.read([]) { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT r.cost, o.parts FROM origins o JOIN results r ON r.key = o.key WHERE o.node = ?
                    ORDER BY r.made DESC LIMIT ?
                    """,
                arguments: [kind, count]
            )
            var costs: [(seconds: Double, components: KeyComponents)] = []
            while let row = try rows.next() {
                if let seconds = row.number(0), let parts = row.text(1) {
                    costs.append((seconds, KeyComponents(stored: parts)))
                }
            }
            return costs
        }
    }
}
