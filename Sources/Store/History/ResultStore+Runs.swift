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
                    run.recipe, Self.text(Asked(run.command, run.settings)), run.started, run.seconds, run.ran,
                    run.cached, run.failed,
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

    /// The last runs of a recipe with which later ones are compared (`RunRecord.Command.isOfRecipe`), the newest first.
    ///
    /// - Parameters:
    ///   - recipe: the absolute path of its file.
    ///   - limit: how many at most.
    public func comparedRuns(of recipe: String, limit: Int) -> [(number: Int, run: RunRecord)] {
        select("WHERE recipe = ? ORDER BY number DESC", [recipe], limit: limit) { $0.command.isOfRecipe }
    }

    /// The run of that number.
    public func run(_ number: Int) -> RunRecord? { select("WHERE number = ?", [number]).first?.run }

    /// The last run that wrote a file.
    ///
    /// - Parameter path: absolute.
    public func lastWriter(of path: String) -> RunRecord? {
        let item = Self.text([path]).dropFirst().dropLast()
        return select("WHERE instr(written, ?) > 0 ORDER BY number DESC LIMIT 1", [String(item)]).first?.run
    }

    /// - Parameters:
    ///   - limit: no more rows are read than it takes to find so many.
    ///   - isWanted: which runs.
    private func select(
        _ condition: String,
        _ arguments: StatementArguments,
        limit: Int = .max,
        where isWanted: (RunRecord) -> Bool = { _ in true }
    ) -> [(number: Int, run: RunRecord)] {
        database.read([]) { db in
            var found: [(number: Int, run: RunRecord)] = []
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT number, recipe, settings, started, seconds, ran, cached, failed, status, written
                    FROM runs \(condition)
                    """,
                arguments: arguments
            )
            while found.count < limit, let row = try rows.next() {
                // Nothing in the file is what it should be until it was looked at.
                func number(_ column: Int) -> Int { Int.fromDatabaseValue(row[column]) ?? 0 }
                func text(_ column: Int) -> String { String.fromDatabaseValue(row[column]) ?? "" }
                let asked = Asked(text(2))
                let run = RunRecord(
                    command: asked.command,
                    recipe: text(1),
                    settings: asked.settings,
                    started: number(3),
                    seconds: Double.fromDatabaseValue(row[4]) ?? 0,
                    ran: number(5),
                    cached: number(6),
                    failed: number(7),
                    status: number(8),
                    written: Self.list(text(9))
                )
                if isWanted(run) { found.append((number(0), run)) }
            }
            return found
        }
    }

    private static func text(_ value: some Encodable) -> String {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    private static func list(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}

/// What was asked of a run, as the column `settings` has it.
private struct Asked: Codable {
    let command: RunRecord.Command
    let settings: [String]

    init(_ command: RunRecord.Command, _ settings: [String]) { (self.command, self.settings) = (command, settings) }

    /// - Parameter text: of earlier versions a list of settings alone.
    init(_ text: String) {
        let data = Data(text.utf8)
        let decoder = JSONDecoder()
        self =
            (try? decoder.decode(Asked.self, from: data))
            ?? Asked(.run, (try? decoder.decode([String].self, from: data)) ?? [])
    }
}
