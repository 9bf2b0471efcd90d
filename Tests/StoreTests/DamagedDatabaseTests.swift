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

    @Test func truncatedAtAnyLengthNothingIsWrong() throws {
        let bytes = try fill()
        let pages = stride(from: 65536, to: bytes.count, by: 65536).flatMap { [$0 - 1, $0, $0 + 1] }
        let lengths = Array(0...110) + pages + Array(stride(from: 997, to: bytes.count, by: 9973)) + [bytes.count - 1]
        for length in lengths {
            try reset(Array(bytes.prefix(length)))
            let (found, store) = try use()
            #expect(length < bytes.count - 1 || found <= 11, "cut to \(length) bytes")
            store.close()
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
        #expect(crossed.verify(repair: false).damage == [.result(CacheKey.toy(3).digest)])
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
            try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/etc/passwd")
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

    @Test func aNewerCacheIsRefusedByVersion() throws {
        var bytes = try fill()
        bytes[63] = 7
        try reset(bytes)
        #expect(throws: StoreError.newerSchema(path: cache.path, found: 7, supported: 2)) {
            try ResultStore(folder: cache)
        }
        #expect(try folder.bytes(of: "cache/cache.sqlite") == bytes)
    }

    @Test func anEmptyFileIsACacheToBe() throws {
        try folder.write([UInt8](), to: "cache/cache.sqlite")
        let log = WarningLog()
        #expect(try use(log.warn).found == 0)
        #expect(log.warnings == [])
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        try folder.write("a file", to: "cache")
        #expect(throws: StoreError.unusable(path: cache.path, reason: "it is no folder")) {
            try ResultStore(folder: cache)
        }
    }

    @Test func aLostLogLosesNoMoreThanItHeld() throws {
        _ = try fill()
        let store = try ResultStore(folder: cache)
        store.insertText("in the log", seed: 20)
        store.flush()
        // As after a crash: the file and its log are copied while both are in use, and the log is lost.
        let bytes = try folder.bytes(of: "cache/cache.sqlite")
        store.close()
        try reset(bytes)
        #expect(try use().found == 11)
    }
}
