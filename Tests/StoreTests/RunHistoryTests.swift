import EngineTestSupport
import Foundation
import GRDB
import Store
import Testing

@Suite struct RunHistoryTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    private func run(_ recipe: String, _ number: Int) -> RunRecord {
        RunRecord(
            command: number == 4 ? .replay : .run,
            recipe: recipe,
            settings: ["seed=\(number)", "text=\"a\nb\""],
            started: 1_700_000_000 + number,
            seconds: 0.25,
            ran: number,
            cached: 2,
            failed: 0,
            status: 3,
            written: ["/out/\(number).png", "/out/é\n.png"]
        )
    }

    @Test func theNewestFirstByTheirNumbers() throws {
        let store = try ResultStore(folder: cache)
        for number in 1...5 { store.remember(run(number == 3 ? "/b.yaml" : "/a.yaml", number)) }
        store.close()
        let again = try ResultStore(folder: cache)
        #expect(again.runs().map(\.number) == [5, 4, 3, 2, 1])
        #expect(
            again.runs(of: "/a.yaml", limit: 3).map(\.run) == [run("/a.yaml", 5), run("/a.yaml", 4), run("/a.yaml", 2)]
        )
        #expect(again.run(3) == run("/b.yaml", 3))
        #expect(again.run(6) == nil)
        try again.clear()
        #expect(again.runs().isEmpty)
        again.close()
    }

    @Test func onlyTheLastThousandAreKept() throws {
        let store = try ResultStore(folder: cache)
        for number in 1...1003 { store.remember(run("/a.yaml", number)) }
        #expect(store.runs(limit: 2000).map(\.number) == (4...1003).reversed())
        store.close()
    }

    @Test func aCacheThatIsOnlyRead() throws {
        try ResultStore(folder: cache).close()
        let store = try ResultStore(folder: cache, access: .readOnly)
        store.remember(run("/a.yaml", 1))
        #expect(store.runs().isEmpty)
        store.close()
    }

    /// Earlier versions kept the settings alone.
    @Test func runsOfEarlierVersions() throws {
        let store = try ResultStore(folder: cache)
        store.remember(run("/a.yaml", 1))
        store.close()
        let database = try DatabaseQueue(path: cache.database)
        try database.write { db in try db.execute(sql: "UPDATE runs SET settings = ?", arguments: [#"["seed=1"]"#]) }
        try database.close()
        let again = try ResultStore(folder: cache)
        #expect(again.run(1)?.command == .run && again.run(1)?.settings == ["seed=1"])
        again.close()
    }
}
