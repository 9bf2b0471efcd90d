import EngineTestSupport
import Foundation
import GRDB
import Graph
import Store
import Testing

/// Moments in which nothing can be written.
@Suite struct CommitTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    /// Somebody who writes, and takes long.
    private func blocker() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: cache.database, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return queue
    }

    @Test func aBusyDatabaseIsWaitedFor() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        store.insertText("before", seed: 0)
        store.flush()
        let blocker = try blocker()
        let checkpoints = store.checkpoints(for: CacheKey.toy(1).digest)
        checkpoints.save(ToyText("half").record)
        let (key, value) = store.insertText("text", seed: 1)
        store.flush()
        // It waits, and can be read all the while.
        #expect(store.result(for: key.digest)?.hasValue == true)
        #expect(store.record(for: value) == ToyText("text").record)
        #expect(store.isWritable)
        #expect(FileManager.default.fileExists(atPath: cache.work + "/" + key.digest.hex))
        let other = try ResultStore(folder: cache, access: .readOnly)
        #expect(other.result(for: key.digest) == nil)
        try blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        store.flush()
        #expect(other.result(for: key.digest)?.hasValue == true)
        #expect(!FileManager.default.fileExists(atPath: cache.work + "/" + key.digest.hex))
        #expect(
            log.warnings == [
                "the cache \(cache.path) cannot be written now (database is locked): it is tried again",
                "the cache \(cache.path) is written again",
            ]
        )
    }

    @Test func whatCannotBeWrittenInTheEndIsSaid() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        store.insertText("before", seed: 0)
        store.flush()
        let blocker = try blocker()
        store.insertText("text", seed: 1)
        store.close()
        try blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(
            log.warnings == [
                "the cache \(cache.path) cannot be written now (database is locked): it is tried again",
                "the cache \(cache.path) could not be written (database is locked): 1 result is not kept; make room with "
                    + "`pulid-run cache gc`, or name a folder on another disk with --cache",
            ]
        )
    }

    /// Values that wait for a database that stays locked do not fill the memory.
    @Test func valuesThatWaitTooLongAreLetGoOfButNotTheirTraces() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        store.insertText("before", seed: 0)
        store.flush()
        let blocker = try blocker()
        store.insertText("text", seed: 1)
        store.flush()
        for seed in 2..<8 {
            store.insert(ToyImage([UInt8](repeating: UInt8(seed), count: 7 << 20)), seed: seed)
        }
        try blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        store.flush()
        let results = store.results(for: (1..<8).map { CacheKey.toy($0).digest })
        #expect(results.allSatisfy { $0 != nil })
        #expect(results.contains { $0?.hasValue == false })
        #expect(
            log.warnings.filter { $0.contains("values are not kept until it can") }.count == 1,
            "\(log.warnings)"
        )
        #expect(store.verify(repair: false).damage == [])
    }

    @Test func aDiskThatIsFullForAMomentLosesNothing() async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let log = WarningLog()
            let store = try ResultStore(folder: CacheFolder(path), warn: log.warn)
            store.insertText("before", seed: 0)
            store.flush()
            signal(SIGXFSZ, SIG_IGN)
            try FileSizeLimit.set(4096)
            store.insertText("text", seed: 1)
            store.flush()
            let isKept = store.isWritable && store.result(for: CacheKey.toy(1).digest)?.hasValue == true
            try FileSizeLimit.set(nil)
            store.close()
            exit(isKept && log.warnings.last == "the cache \(path) is written again" ? 0 : 1)
        }
        #expect(try ResultStore(folder: cache).result(for: CacheKey.toy(1).digest)?.hasValue == true)
    }

    /// Small values do not wait for a large one that there is no room for.
    @Test func aDiskThatIsFullTakesWhatThereIsRoomFor() async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let log = WarningLog()
            let store = try ResultStore(folder: CacheFolder(path), warn: log.warn)
            store.insertText("before", seed: 0)
            store.flush()
            signal(SIGXFSZ, SIG_IGN)
            try FileSizeLimit.set(3 << 20)
            store.insert(ToyImage([UInt8](repeating: 7, count: 6 << 20)), seed: 1)
            for seed in 2..<40 { store.insertText("text \(seed)", seed: seed) }
            store.close()
            let last =
                "): 1 result is not kept; make room with `pulid-run cache gc`, or name a folder on another disk with --cache"
            exit(log.warnings.last?.hasSuffix(last) == true ? 0 : 1)
        }
        let store = try ResultStore(folder: cache)
        for seed in 2..<40 { #expect(store.text(seed: seed) == "text \(seed)") }
        #expect(store.result(for: CacheKey.toy(1).digest) == nil)
        #expect(store.verify(repair: false).damage == [])
    }

    /// A full disk has no room for the index of the log, without which SQLite opens nothing.
    @Test func aDiskThatIsFullFromTheBeginningStillGivesWhatIsThere() async throws {
        do {
            let store = try ResultStore(folder: cache)
            store.insertText("before", seed: 0)
            store.close()
        }
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            try FileSizeLimit.set(0)
            let log = WarningLog()
            let store = try ResultStore(folder: CacheFolder(path), warn: log.warn)
            let isFound = store.result(for: CacheKey.toy(0).digest)?.hasValue == true && store.text(seed: 0) == "before"
            let isNamed = log.warnings.contains {
                $0.hasPrefix("the cache \(path) cannot be written now (") && $0.hasSuffix("): what is in it is used")
            }
            store.insertText("later", seed: 1)
            try FileSizeLimit.set(nil)
            store.flush()
            // What is kept once there is room is seen by the same store.
            let isSeen = store.result(for: CacheKey.toy(1).digest)?.hasValue == true && store.text(seed: 1) == "later"
            store.close()
            exit(isFound ? isNamed ? isSeen ? 0 : 3 : 2 : 1)
        }
        let store = try ResultStore(folder: cache)
        #expect(store.text(seed: 0) == "before")
        #expect(store.text(seed: 1) == "later")
        #expect(store.verify(repair: false).damage == [])
    }

    @Test func descriptorsThatRunOutForAMomentLoseNothing() async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            var taken: [Int32] = []
            while case let descriptor = dup(0), descriptor >= 0, taken.count < 1 << 20 { taken.append(descriptor) }
            store.insertText("text", seed: 1)
            store.flush()
            let isKept = store.isWritable && store.result(for: CacheKey.toy(1).digest)?.hasValue == true
            for descriptor in taken { close(descriptor) }
            store.close()
            exit(isKept ? 0 : 1)
        }
        #expect(try ResultStore(folder: cache).result(for: CacheKey.toy(1).digest)?.hasValue == true)
    }
}
