import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// Whatever stands where the cache should be, opening it neither crashes nor serves anything wrong.
@Suite struct DamagedDatabaseTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    /// A closed cache with ten texts and one picture; all in one file.
    private func fill() throws -> [UInt8] {
        let store = try ResultStore(folder: cache)
        for seed in 0..<10 { store.insertText("text \(seed)", seed: seed) }
        store.insert(ToyImage([UInt8](repeating: 9, count: 100_000)), seed: 10)
        store.close()
        return try folder.bytes(of: "cache/cache.sqlite")
    }

    /// Reads everything: each value is right or not there. Then writes, and reads that.
    private func use(_ warn: @escaping @Sendable (String) -> Void = { _ in }) throws -> (found: Int, store: ResultStore)
    {
        let store = try ResultStore(folder: cache, warn: warn)
        var found = 0
        for seed in 0..<10 {
            guard let result = store.result(for: CacheKey.toy(seed).digest) else { continue }
            guard let record = store.record(for: result.value) else { continue }
            #expect(record == ToyText("text \(seed)").record)
            found += 1
        }
        if let result = store.result(for: CacheKey.toy(10).digest), let record = store.record(for: result.value) {
            #expect(record == ToyImage([UInt8](repeating: 9, count: 100_000)).record)
            found += 1
        }
        store.insertText("new", seed: 99)
        store.flush()
        let value = try #require(store.result(for: CacheKey.toy(99).digest)?.value)
        #expect(store.record(for: value) == ToyText("new").record)
        return (found, store)
    }

    private func reset(_ bytes: [UInt8]) throws {
        try FileManager.default.removeItem(atPath: cache.path)
        try folder.write(bytes, to: "cache/cache.sqlite")
    }

    @Test func aWholeFileGivesEverything() throws {
        let bytes = try fill()
        try reset(bytes)
        #expect(try use().found == 11)
    }

    /// What a kill in the middle of a checkpoint leaves: the first page of the file tells of pages that are in the log
    /// alone.
    @Test func aHalfFinishedCheckpointLosesNothing() throws {
        try ResultStore(folder: cache).close()
        let store = try ResultStore(folder: cache)
        for seed in 0..<10 { store.insertText("text \(seed)", seed: seed) }
        store.insert(ToyImage([UInt8](repeating: 9, count: 100_000)), seed: 10)
        store.flush()
        var file = try folder.bytes(of: "cache/cache.sqlite")
        let log = try folder.bytes(of: "cache/cache.sqlite-wal")
        store.close()

        let page = 65536
        func number(_ place: Int) -> Int { log[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        for frame in stride(from: 32, to: log.count, by: 24 + page) where number(frame) == 1 {
            file.replaceSubrange(0..<page, with: log[frame + 24..<frame + 24 + page])
        }
        let pages = file[28..<32].reduce(0) { $0 << 8 | Int($1) }
        #expect(pages * page > file.count)

        try reset(file)
        try folder.write(log, to: "cache/cache.sqlite-wal")
        let warnings = WarningLog()
        #expect(try use(warnings.warn).found == 11)
        #expect(warnings.warnings.isEmpty)
    }

    @Test func truncatedAtAnyLengthNothingIsWrong() throws {
        let bytes = try fill()
        let pages = stride(from: 65536, to: bytes.count, by: 65536).flatMap { [$0 - 1, $0, $0 + 1] }
        let lengths = Array(0...110) + pages + Array(stride(from: 997, to: bytes.count, by: 9973)) + [bytes.count - 1]
        for length in lengths {
            try reset(Array(bytes.prefix(length)))
            // Whatever is found is right, and what is written afterwards is found.
            try use().store.close()
        }
    }

    @Test func flippedBitsAreFoundOrHarmless() throws {
        let bytes = try fill()
        var state: UInt64 = 1
        for _ in 0..<150 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 33) % bytes.count
            var damaged = bytes
            damaged[place] ^= 1 << UInt8((state >> 20) & 7)
            try reset(damaged)
            // A header that claims a later version is refused by name.
            do { try use().store.close() } catch let error as StoreError {
                #expect("\(error)".contains("newer pulid-run"))
            }
        }
    }

    @Test func flippedBitsInValuesAndRowsAreAllFoundByVerify() throws {
        let bytes = try fill()
        let store = try ResultStore(folder: cache)
        #expect(store.verify(repair: false).damage == [])
        #expect(store.verify(repair: false).valuesRead == 11)
        store.close()
        let texts = (0..<10).map { ToyText("text \($0)").record.digest }
        for seed in 0..<10 {
            let record = [UInt8](RecordCoder.encode(ToyText("text \(seed)").record).bytes)
            let place = try #require(bytes.firstRange(of: record)?.lowerBound)
            var damaged = bytes
            damaged[place + record.count - 1] ^= 1
            try reset(damaged)
            let store = try ResultStore(folder: cache)
            #expect(store.verify(repair: true).damage == [.value(texts[seed])])
            #expect(store.verify(repair: false).damage == [])
            #expect(store.result(for: CacheKey.toy(seed).digest)?.hasValue == false)
            store.close()
        }
        // A row that points to another value, which is a good one: the seal does not fit.
        let digest = texts[3].bytes
        let row = try #require(bytes.firstRange(of: CacheKey.toy(3).digest.bytes + digest)?.lowerBound)
        var damaged = bytes
        damaged.replaceSubrange(row + 32..<row + 64, with: texts[4].bytes)
        try reset(damaged)
        let crossed = try ResultStore(folder: cache)
        #expect(crossed.result(for: CacheKey.toy(3).digest) == nil)
        #expect(crossed.verify(repair: false).damage.contains(.result(CacheKey.toy(3).digest)))
        crossed.close()
    }

    struct Intruder: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let place: @Sendable (_ path: String) throws -> Void
    }

    @Test(arguments: [
        Intruder(testDescription: "text") { try Data("hello\n".utf8).write(to: URL(fileURLWithPath: $0)) },
        Intruder(testDescription: "zeros") { try Data(count: 65536).write(to: URL(fileURLWithPath: $0)) },
        Intruder(testDescription: "folder") {
            try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: true)
        },
        Intruder(testDescription: "link") {
            try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/etc/hostname")
        },
        Intruder(testDescription: "other program's database") { path in
            var header = Data("SQLite format 3\0".utf8)
            header.append(Data(count: 4096 - 16))
            try header.write(to: URL(fileURLWithPath: path))
        },
    ])
    func intrudersAreMovedAside(_ intruder: Intruder) throws {
        try FileManager.default.createDirectory(atPath: cache.path, withIntermediateDirectories: true)
        try intruder.place(folder("cache/cache.sqlite"))
        let log = WarningLog()
        let (found, store) = try use(log.warn)
        #expect(found == 0)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("cannot be used") == true)
        store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.path)
        #expect(names.contains { $0.hasPrefix("cache.sqlite.corrupt-") })
    }

    /// Look-ups of results that were unused for days note that they are used, while a commit meets the damage and sets the
    /// file aside: neither may wait for the other for ever, and the new
    /// file keeps what comes.
    @Test func damageThatACommitMeetsHoldsNoLookUpBack() async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            // Ends this process if it hangs.
            alarm(30)
            for round in 0..<8 {
                let cache = CacheFolder("\(path)/\(round)")
                let old = try ResultStore(folder: cache)
                for seed in 0..<600 { old.insertText("text \(seed)", seed: seed) }
                old.close()
                try sqlite(cache.database, "UPDATE results SET used = used - 864000")
                let store = try ResultStore(folder: cache)
                let file = try #require(FileHandle(forWritingAtPath: cache.database))
                try file.seek(toOffset: UInt64(65536 * (round + 2)))
                try file.write(contentsOf: [UInt8](repeating: 0x5A, count: 65536 * 12))
                try file.close()
                DispatchQueue.concurrentPerform(iterations: 4) { worker in
                    for seed in 0..<600 {
                        if worker > 0 {
                            let key = CacheKey.toy((seed * 7 + worker * 100) % 600).digest
                            if let result = store.result(for: key) { _ = store.record(for: result.value) }
                        } else if seed % 60 == 0 {
                            store.insertText("new \(seed)", seed: 1000 + seed)
                            store.flush()
                        }
                    }
                }
                guard store.result(for: CacheKey.toy(1540).digest)?.hasValue == true else { exit(1) }
                store.close()
            }
            exit(0)
        }
    }

    @Test func aNewerCacheIsRefusedByVersion() throws {
        var bytes = try fill()
        bytes[63] = 7
        try reset(bytes)
        #expect(throws: StoreError.newerSchema(path: cache.path, found: 7, supported: 4)) {
            try ResultStore(folder: cache)
        }
        #expect(try folder.bytes(of: "cache/cache.sqlite") == bytes)
    }

    @Test func anEmptyFileIsReplacedAndSaidToBe() throws {
        try folder.write([UInt8](), to: "cache/cache.sqlite")
        let log = WarningLog()
        #expect(try use(log.warn).found == 0)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("cache.sqlite cannot be used (it is empty)") == true)
    }

    /// A slip in a statement of ours is no damage, and costs nobody the cache.
    @Test func aTableThatIsMissingWhileInUseIsSetAsideOnlyWhenOpened() throws {
        _ = try fill()
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        try sqlite(cache.database, "ALTER TABLE origins RENAME TO other")
        store.insertText("new", seed: 99)
        #expect(store.components(of: CacheKey.toy(3).digest) == nil)
        #expect(store.result(for: CacheKey.toy(3).digest)?.hasValue == true)
        try sqlite(cache.database, "ALTER TABLE other RENAME TO origins")
        store.flush()
        #expect(store.components(of: CacheKey.toy(3).digest) == KeyComponents(.toy(3)))
        #expect(log.warnings.allSatisfy { !$0.contains("moved") }, "\(log.warnings)")
        store.close()
        #expect(try ResultStore(folder: cache).result(for: CacheKey.toy(99).digest)?.hasValue == true)
    }

    @Test(arguments: ["-wal", "-shm"])
    func aFolderInThePlaceOfTheLogIsMovedAside(_ suffix: String) throws {
        _ = try fill()
        try FileManager.default.createDirectory(atPath: cache.database + suffix, withIntermediateDirectories: true)
        let log = WarningLog()
        let (found, store) = try use(log.warn)
        #expect(found == 11)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.hasPrefix("\(cache.database)\(suffix) is no ordinary file: moved to ") == true)
        store.close()
    }

    @Test func anUnfinishedDatabaseOfAKilledRunIsCleared() throws {
        for suffix in ["", "-journal"] { try folder.write("half", to: "cache/cache.sqlite.new-4711\(suffix)") }
        try ResultStore(folder: cache).close()
        #expect(try folder.files(under: "cache").filter { $0.contains("new") } == [])
    }

    @Test func verifyTellsOfAWholeDatabaseAndChangesNothing() throws {
        let bytes = try fill()
        for damaged in [Array(bytes.prefix(100_000)), [UInt8](repeating: 0, count: bytes.count), []] {
            try reset(damaged)
            let reader = try ResultStore(folder: cache, access: .readOnly)
            #expect(reader.verify(repair: false).damage.count == 1)
            reader.close()
            #expect(try folder.bytes(of: "cache/cache.sqlite") == damaged)
            #expect(try folder.files(under: "cache").filter { $0.contains("corrupt") } == [])
            let writer = try ResultStore(folder: cache)
            #expect(writer.verify(repair: true).damage.count == 1)
            writer.close()
            #expect(try ResultStore(folder: cache, access: .readOnly).verify(repair: false).damage == [])
        }
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        try folder.write("a file", to: "cache")
        #expect(throws: StoreError.unusable(path: cache.path, reason: "it is no folder")) {
            try ResultStore(folder: cache)
        }
    }

    @Test func aLostLogLosesNoMoreThanItHeld() async throws {
        _ = try fill()
        let path = cache.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            store.insertText("in the log", seed: 20)
            store.flush()
            kill(getpid(), SIGKILL)
        }
        try FileManager.default.removeItem(atPath: cache.database + "-wal")
        let (found, store) = try use()
        #expect(found == 11)
        #expect(store.result(for: CacheKey.toy(20).digest) == nil)
        store.close()
    }
}
