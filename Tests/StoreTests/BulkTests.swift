import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// Many at once are what each would be alone.
@Suite struct BulkTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [1, 31, 32, 33, 999, 1000, 1001, 2500])
    func resultsAreThoseOfTheKeys(_ count: Int) throws {
        let store = try ResultStore(folder: cache)
        for seed in 0..<count where seed % 7 != 3 {
            let value = Digest(of: [UInt8(seed % 5)])
            store.insert(value, nil, kind: "toy", for: .toy(seed), cost: Double(seed), claim: nil)
            if seed == count / 2 { store.flush() }
        }
        let keys = (0..<count).map { CacheKey.toy($0).digest }
        let expected = keys.indices.map { seed in
            seed % 7 == 3
                ? nil : StoredResult(value: Digest(of: [UInt8(seed % 5)]), hasValue: false, cost: Double(seed))
        }
        #expect(store.results(for: keys) == expected)
        store.flush()
        #expect(store.results(for: keys) == expected)
        #expect(store.results(for: []) == [])
    }

    @Test func filesAndOutputsAreKnownTogether() throws {
        let paths = try (0..<40).map { try folder.write("text \($0)", to: "in/\($0).txt", age: 60) }
        usleep(2_100_000)
        let store = try ResultStore(folder: cache)
        #expect(store.fileContents(of: paths).allSatisfy { $0 == nil })
        for path in paths { _ = try store.fileContent(path) }
        for path in paths.prefix(30) {
            store.rememberOutput(path, try #require(FileIdentity(path: path)), content: Digest(of: path.utf8))
        }
        store.close()
        let again = try ResultStore(folder: cache)
        try folder.write("changed", to: "in/7.txt", age: 60)
        let known = again.fileContents(of: paths + [folder("missing"), folder("no/folder")])
        #expect(known.indices.filter { known[$0] == nil } == [7, 40, 41])
        for (number, path) in paths.enumerated() where number != 7 {
            #expect(known[number]?.path == path)
            #expect(known[number]?.digest == Digest(of: "text \(number)".utf8))
            #expect(known[number]?.isUnchanged == true)
        }
        let outputs = again.outputContents(of: paths)
        #expect(outputs == paths.enumerated().map { $0 < 30 && $0 != 7 ? Digest(of: $1.utf8) : nil })
    }

    @Test func usingResultsAgainTheSameDayWritesNothing() throws {
        let store = try ResultStore(folder: cache)
        for seed in 0..<100 { store.insertText("text", seed: seed) }
        store.close()
        let again = try ResultStore(folder: cache)
        let before = try #require(FileIdentity(path: cache.database))
        #expect(again.results(for: (0..<100).map { CacheKey.toy($0).digest }).allSatisfy { $0 != nil })
        again.remember([:], in: "/one.yaml")
        again.flush()
        #expect(FileIdentity(path: cache.database + "-wal")?.size ?? 0 == 0)
        again.close()
        #expect(FileIdentity(path: cache.database) == before)
    }
}
