import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// The cache is taken away while it is in use.
@Suite struct LostCacheTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [true, false])
    func aFolderThatIsRemovedOrRenamedIsMadeAnew(_ isRemoved: Bool) throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        store.insertText("before", seed: 1)
        store.flush()
        let claim = store.tryClaim(CacheKey.toy(2).digest).claim
        if isRemoved {
            try FileManager.default.removeItem(atPath: cache.path)
        } else {
            try FileManager.default.moveItem(atPath: cache.path, toPath: folder("elsewhere"))
        }
        store.insert(ToyText("after"), seed: 2, claim: claim)
        store.insert(ToyImage([UInt8](repeating: 7, count: 9 << 20)), seed: 3)
        store.flush()
        #expect(store.isWritable)
        #expect(store.result(for: CacheKey.toy(1).digest) == nil)
        #expect(store.tryClaim(CacheKey.toy(2).digest).claim != nil)
        let other = try ResultStore(folder: cache)
        #expect(other.result(for: CacheKey.toy(2).digest)?.hasValue == true)
        #expect(other.result(for: CacheKey.toy(3).digest)?.hasValue == true)
        #expect(other.verify(repair: false).damage == [])
        #expect(
            log.warnings == [
                """
                the cache \(cache.path) was removed or replaced while it was in use: what it held is not found any more
                """
            ]
        )
        store.close()
        other.close()
    }

    /// As where the file system refuses the locks of the log's index: SQLite tries for ten seconds, and once is enough.
    @Test func aCacheWhoseLocksAreNotToBeHadIsGivenUpOnce() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        store.insertText("before", seed: 1)
        store.flush()
        // The five places of the index of which every reader locks one. Locks of an open file keep out those of its own
        // process, as SQLite's are.
        let index = open(cache.database + "-shm", O_RDWR)
        var places = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 123, l_len: 5, l_pid: 0)
        let setLock: CInt = 37  // F_OFD_SETLK
        try #require(fcntl(index, setLock, &places) == 0)

        let start = ContinuousClock.now
        #expect(store.result(for: CacheKey.toy(1).digest) == nil)
        store.insertText("after", seed: 2)
        store.flush()
        #expect(store.result(for: CacheKey.toy(2).digest) == nil)
        #expect(!store.isWritable)
        store.close()
        #expect(ContinuousClock.now - start < .seconds(19))
        close(index)
        #expect(log.warnings == ["the cache \(cache.path) cannot be locked (locking protocol): running without it"])
        #expect(try ResultStore(folder: cache).result(for: CacheKey.toy(1).digest)?.hasValue == true)
    }

    @Test func aCacheThatIsRemovedAgainAndAgainIsGivenUp() throws {
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        for seed in 0..<6 {
            store.insertText("text \(seed)", seed: seed)
            store.flush()
            try? FileManager.default.removeItem(atPath: cache.path)
        }
        #expect(!store.isWritable)
        #expect(log.warnings.count == 2)
        #expect(log.warnings.last?.contains("it is removed again and again") == true)
        store.close()
    }

    /// Somebody else made a new one meanwhile: its log is not this process's to remove.
    @Test func aNewCacheInItsPlaceIsLeftWhole() throws {
        let store = try ResultStore(folder: cache)
        store.insertText("before", seed: 1)
        store.flush()
        try FileManager.default.removeItem(atPath: cache.path)
        let other = try ResultStore(folder: cache)
        other.insertText("other", seed: 2)
        other.flush()
        store.insertText("after", seed: 3)
        store.close()
        #expect(other.result(for: CacheKey.toy(2).digest)?.hasValue == true)
        #expect(other.result(for: CacheKey.toy(3).digest)?.hasValue == true)
        other.close()
        let again = try ResultStore(folder: cache)
        #expect(again.statistics().results == 2)
        #expect(again.verify(repair: false).damage == [])
    }
}
