import Foundation
import GRDB

extension ResultStore {
    /// As many runs as are remembered.
    public static let mostRuns = 1000

    /// Keeps what a run came to.
    public func remember(_ run: RunRecord) {
        guard isWritable else { return }
        database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO runs (recipe, settings, started, seconds, ran, cached, failed, status, written)
                    VALUES (?,?,?,?,?,?,?,?,?)
                    """,
                arguments: [
                    run.recipe, Self.text(run.settings), run.started, run.seconds, run.ran, run.cached, run.failed,
                    run.status, Self.text(run.written),
                ]
            )
            try db.execute(
                sql: "DELETE FROM runs WHERE number <= ?",
                arguments: [db.lastInsertedRowID - Int64(Self.mostRuns)]
            )
        }
    }

    /// The last runs, the newest first, by their numbers.
    ///
    /// - Parameters:
    ///   - recipe: the absolute path of a recipe's file; nil for all recipes.
    ///   - limit: how many at most.
    public func runs(of recipe: String? = nil, limit: Int = mostRuns) -> [(number: Int, run: RunRecord)] {
        select("WHERE recipe = coalesce(?, recipe) ORDER BY number DESC LIMIT ?", [recipe, limit])
    }

    /// The run of that number.
    public func run(_ number: Int) -> RunRecord? { select("WHERE number = ?", [number]).first?.run }

    /// The recipe of the last run that wrote a file.
    ///
    /// - Parameter path: absolute.
    public func lastWriter(of path: String) -> String? {
        let item = Self.text([path]).dropFirst().dropLast()
        return database.read(nil) { db in
            let sql = "SELECT recipe FROM runs WHERE instr(written, ?) > 0 ORDER BY number DESC LIMIT 1"
            return try String.fetchOne(db, sql: sql, arguments: [String(item)])
        }
    }

    private func select(_ condition: String, _ arguments: StatementArguments) -> [(number: Int, run: RunRecord)] {
        database.read([]) { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT number, recipe, settings, started, seconds, ran, cached, failed, status, written
                    FROM runs \(condition)
                    """,
                arguments: arguments
            ).compactMap { row in
                // Nothing in the file is what it should be until it was looked at.
                func number(_ column: Int) -> Int { Int.fromDatabaseValue(row[column]) ?? 0 }
                func text(_ column: Int) -> String { String.fromDatabaseValue(row[column]) ?? "" }
                let run = RunRecord(
                    recipe: text(1),
                    settings: Self.list(text(2)),
                    started: number(3),
                    seconds: Double.fromDatabaseValue(row[4]) ?? 0,
                    ran: number(5),
                    cached: number(6),
                    failed: number(7),
                    status: number(8),
                    written: Self.list(text(9))
                )
                return (number(0), run)
            }
        }
    }

    private static func text(_ list: [String]) -> String {
        (try? JSONEncoder().encode(list)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    private static func list(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
