import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

@Suite struct CheckpointTests {
    let folder: TemporaryFolder
    let key = CacheKey.toy(1).digest
    var cache: CacheFolder { CacheFolder(folder("cache")) }
    var newest: String { "cache/work/\(key.hex)/newest" }

    init() throws { folder = try TemporaryFolder() }

    /// What the next process would go on with.
    private func load(_ warn: @escaping @Sendable (String) -> Void = { _ in }) throws -> String? {
        let store = try ResultStore(folder: cache, warn: warn)
        defer { store.close() }
        return store.checkpoints(for: key).load { try ToyText(record: $0).text }
    }

    private func save(_ texts: [String], for key: Digest? = nil) throws {
        let store = try ResultStore(folder: cache)
        defer { store.close() }
        let checkpoints = store.checkpoints(for: key ?? self.key)
        for text in texts { checkpoints.save(ToyText(text).record) }
    }

    @Test func theNewestIsLoaded() throws {
        #expect(try load() == nil)
        try save(["one", "two", "three"])
        #expect(try load() == "three")
        #expect(try folder.files(under: "cache/work/\(key.hex)") == ["before", "lock", "newest"])
    }

    @Test func everyFlippedBitIsSeenAndTheOneBeforeUsed() throws {
        try save(["one", "two"])
        let whole = try folder.bytes(of: newest)
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= 1 << UInt8(place & 7)
            try folder.write(damaged, to: newest)
            let log = WarningLog()
            #expect(try load(log.warn) == "one", "byte \(place)")
            #expect(log.warnings.count == 1)
            #expect(log.warnings.first?.contains("is no use (it is damaged): moved to ") == true)
        }
        // It was set aside: the next save and load go on as ever.
        #expect(try load() == "one")
        try save(["three"])
        #expect(try load() == "three")
    }

    @Test func atEveryLengthTheOneBeforeIsUsed() throws {
        try save(["one", "two"])
        let whole = try folder.bytes(of: newest)
        for length in 0..<whole.count {
            try folder.write(Array(whole.prefix(length)), to: newest)
            #expect(try load() == "one", "\(length) bytes")
        }
    }

    @Test func anothersAndAFolderAreSetAside() throws {
        let other = CacheKey.toy(2).digest
        try save(["other"], for: other)
        try save(["one", "two"])
        try folder.write(try folder.bytes(of: "cache/work/\(other.hex)/newest"), to: newest)
        let log = WarningLog()
        #expect(try load(log.warn) == "one")
        try save(["two"])
        try FileManager.default.removeItem(atPath: folder(newest))
        try FileManager.default.createDirectory(atPath: folder(newest), withIntermediateDirectories: true)
        #expect(try load(log.warn) == "one")
        #expect(log.warnings.map { $0.contains("(it belongs to something else)") } == [true, false])
        #expect(log.warnings.map { $0.contains("(it is no file)") } == [false, true])
    }

    @Test func whatTheNodeRefusesIsSetAside() throws {
        let store = try ResultStore(folder: cache)
        for record in [ToyText("one").record, ToyNumber(2).record] { store.checkpoints(for: key).save(record) }
        store.close()
        let log = WarningLog()
        #expect(try load(log.warn) == "one")
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("expected a text, found a number") == true)
    }

    @Test func whatCannotBeSavedIsSaidOnce() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        try folder.write("a file", to: "cache/work")
        let checkpoints = store.checkpoints(for: key)
        for text in ["one", "two"] { checkpoints.save(ToyText(text).record) }
        #expect(checkpoints.load { $0 } == nil)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.hasPrefix("a checkpoint could not be kept (") == true)
    }

    @Test func aFolderRemovedUnderATrainingIsMadeAgain() throws {
        let store = try ResultStore(folder: cache)
        let checkpoints = store.checkpoints(for: key)
        checkpoints.save(ToyText("one").record)
        try store.clear()
        checkpoints.save(ToyText("two").record)
        #expect(try checkpoints.load { try ToyText(record: $0).text } == "two")
    }

    @Test func onlyOneHasThem() throws {
        let log = WarningLog()
        let (store, other) = (try ResultStore(folder: cache), try ResultStore(folder: cache, warn: log.warn))
        let checkpoints = store.checkpoints(for: key)
        checkpoints.save(ToyText("one").record)
        let others = other.checkpoints(for: key)
        #expect(others.load { $0 } == nil)
        others.save(ToyText("two").record)
        #expect(log.warnings == ["another process has the checkpoints of \(key.short): none are kept by this one"])
        #expect(try checkpoints.load { try ToyText(record: $0).text } == "one")
    }

    @Test func theyLastUntilTheResultIsCommitted() async throws {
        let (path, key) = (cache.path, key)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            let key = CacheKey.toy(1).digest
            store.checkpoints(for: key).save(ToyText("last step").record)
            store.insertText("result", seed: 1)
            kill(getpid(), SIGKILL)
        }
        #expect(try ResultStore(folder: cache).result(for: key) == nil)
        #expect(try load() == "last step")
        let store = try ResultStore(folder: cache)
        store.insertText("result", seed: 1)
        store.flush()
        #expect(try folder.files(under: "cache/work") == [])
    }

    @Test func theyStayWhereTheValueCouldNotBeKept() throws {
        try save(["last step"])
        try folder.write("a file", to: "cache/values")
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        for seed in 1...2 { store.insert(ToyImage([UInt8](repeating: 7, count: 9 << 20)), seed: seed) }
        store.close()
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("could not be kept: ") == true)
        #expect(try load() == "last step")
        let again = try ResultStore(folder: cache)
        #expect(again.result(for: key)?.hasValue == false)
        #expect(again.verify(repair: false).damage == [])
    }

    @Test func verifyReadsThem() throws {
        try save(["one", "two"])
        var bytes = try folder.bytes(of: newest)
        bytes[bytes.count - 1] ^= 1
        try folder.write(bytes, to: newest)
        let reader = try ResultStore(folder: cache, access: .readOnly)
        #expect(reader.verify(repair: false).damage == [.checkpoint(folder(newest))])
        reader.close()
        #expect(try folder.bytes(of: newest) == bytes)
        let store = try ResultStore(folder: cache)
        #expect(store.verify(repair: true).damage == [.checkpoint(folder(newest))])
        #expect(store.verify(repair: true).damage == [])
        store.close()
        #expect(try load() == "one")
    }

    /// Of trainings that nobody went on with.
    @Test func theyAreKeptForAMonth() throws {
        let keys = [31.0, 29, 0].map { days in (CacheKey.toy(Int(days)).digest, days) }
        for (key, days) in keys {
            try save(["one"], for: key)
            let path = cache.work + "/" + key.hex
            for place in try folder.files(under: "cache/work/\(key.hex)").map({ path + "/" + $0 }) + [path] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -days * 86400)],
                    ofItemAtPath: place
                )
            }
        }
        let store = try ResultStore(folder: cache)
        #expect(store.statistics().bytesOfWork > 0)
        let done = try store.collectGarbage(limit: 1 << 30)
        #expect(done.bytesOfRuns == store.statistics().bytesOfWork)
        let left = try FileManager.default.contentsOfDirectory(atPath: cache.work)
        #expect(Set(left) == Set(keys[1...].map(\.0.hex)))
        try store.clear()
        #expect(!FileManager.default.fileExists(atPath: cache.work))
    }
}
