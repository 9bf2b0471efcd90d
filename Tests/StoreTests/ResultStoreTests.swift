import EngineTestSupport
import Foundation
import GRDB
import Graph
import Store
import Testing

@Suite struct ResultStoreTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test func resultsAreReadableAtOnceAndAfterReopening() throws {
        let store = try ResultStore(folder: cache)
        let (key, value) = store.insertText("hello", seed: 1)
        for store in [store, try ResultStore(folder: cache)] {
            store.flush()
            #expect(store.result(for: key.digest)?.value == value)
            #expect(store.result(for: key.digest)?.hasValue == true)
            #expect(store.result(for: key.digest)?.cost == 0.5)
            #expect(store.record(for: value) == ToyText("hello").record)
            #expect(store.components(of: key.digest) == KeyComponents(key))
            #expect(store.result(for: Digest(of: [1])) == nil)
            #expect(store.record(for: Digest(of: [1])) == nil)
        }
        store.close()
    }

    @Test func whatIsCommittedIsSeenByOthers() throws {
        let store = try ResultStore(folder: cache)
        let other = try ResultStore(folder: cache)
        let (key, _) = store.insertText("hello", seed: 1)
        #expect(store.result(for: key.digest) != nil)
        store.flush()
        #expect(other.result(for: key.digest) != nil)
    }

    @Test func commitsHappenByThemselves() throws {
        let store = try ResultStore(folder: cache)
        let other = try ResultStore(folder: cache)
        let (key, _) = store.insertText("hello", seed: 1)
        let deadline = ContinuousClock.now + .seconds(10)
        while other.result(for: key.digest) == nil, ContinuousClock.now < deadline { usleep(20_000) }
        #expect(other.result(for: key.digest) != nil)
    }

    @Test func largeValuesLieInFiles() throws {
        let store = try ResultStore(folder: cache)
        let pixels = [UInt8](repeating: 7, count: 9 << 20)
        let (key, value) = store.insert(ToyImage(pixels), seed: 1)
        store.flush()
        let files = try folder.files(under: "cache/values")
        #expect(files == ["\(value.hex.prefix(2))/\(value.hex.dropFirst(2))"])
        #expect(try ResultStore(folder: cache).record(for: value) == ToyImage(pixels).record)

        var bytes = try folder.bytes(of: "cache/values/" + files[0])
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: "cache/values/" + files[0])
        let log = WarningLog()
        let damaged = try ResultStore(folder: cache, warn: log.warn)
        #expect(damaged.record(for: value) == nil)
        #expect(log.warnings == ["the cached value \(value.short) is damaged: it is dropped and made again"])
        // What is known of it stays.
        #expect(damaged.result(for: key.digest)?.value == value)
        #expect(damaged.result(for: key.digest)?.hasValue == false)
        #expect(try folder.files(under: "cache/values") == [])
    }

    @Test func aLargeValueWhoseFileIsGoneIsAMiss() throws {
        let store = try ResultStore(folder: cache)
        let (_, value) = store.insert(ToyImage([UInt8](repeating: 7, count: 9 << 20)), seed: 1)
        store.flush()
        try FileManager.default.removeItem(atPath: folder("cache/values"))
        #expect(try ResultStore(folder: cache).record(for: value) == nil)
    }

    @Test func historyIsByRecipeAndInstance() throws {
        let store = try ResultStore(folder: cache)
        store.remember(Digest(of: [1]), of: "a[x=1]", in: "/one.yaml")
        store.remember(Digest(of: [2]), of: "a[x=1]", in: "/two.yaml")
        store.flush()
        store.remember(Digest(of: [3]), of: "a[x=1]", in: "/one.yaml")
        store.flush()
        #expect(store.history(of: "/one.yaml") == ["a[x=1]": Digest(of: [3])])
        #expect(store.history(of: "/two.yaml") == ["a[x=1]": Digest(of: [2])])
        #expect(store.history(of: "/three.yaml") == [:])
    }

    @Test func statisticsAndListCountWhatIsThere() throws {
        let store = try ResultStore(folder: cache)
        store.insertText("hello", seed: 1)
        store.insertText("hello", seed: 2)
        store.insert(ToyImage([1, 2, 3]), seed: 3)
        let statistics = store.statistics()
        #expect(statistics.results == 3)
        #expect(statistics.values == 2)
        #expect(statistics.kinds.map(\.name).sorted() == ["image", "text"])
        #expect(statistics.cost == 1.5)
        #expect(store.entries().map(\.node) == ["toy", "toy", "toy"])
        #expect(store.entries().allSatisfy { $0.bytes != nil })
    }

    @Test func collectingKeepsWhatIsDearestForItsSize() throws {
        let store = try ResultStore(folder: cache)
        let (cheap, cheapValue) = store.insert(ToyImage([UInt8](repeating: 1, count: 1000)), seed: 1, cost: 0.001)
        let (dear, dearValue) = store.insert(ToyImage([UInt8](repeating: 2, count: 1000)), seed: 2, cost: 100)
        #expect(try store.evictValues(keeping: 1500) == 1)
        #expect(store.record(for: cheapValue) == nil)
        #expect(store.record(for: dearValue) != nil)
        #expect(store.result(for: cheap.digest) == StoredResult(value: cheapValue, hasValue: false, cost: 0.001))
        #expect(store.result(for: dear.digest)?.hasValue == true)
        try store.clear()
        #expect(store.statistics().results == 0)
        #expect(store.statistics().values == 0)
    }

    /// Else it would take time by the square of the results: a quarter of an hour for 100,000.
    @Test func collectingLooksUpTheResultsOfAValue() throws {
        try ResultStore(folder: cache).close()
        let queue = try DatabaseQueue(path: cache.database)
        let plan = try queue.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + ResultStore.valuesWithWorth, arguments: ["[]"])
                .compactMap { $0["detail"] as String? }
        }
        try queue.close()
        #expect(plan.contains { $0.hasPrefix("SEARCH r USING INDEX results_by_value (value=?)") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN r") }, "\(plan)")
    }

    @Test func collectingGivesSpaceBack() throws {
        let store = try ResultStore(folder: cache)
        for seed in 0..<40 {
            store.insert(ToyImage([UInt8](repeating: UInt8(seed), count: 100_000)), seed: seed)
        }
        let full = store.statistics().bytesOnDisk
        _ = try store.collectGarbage(limit: 0)
        let empty = store.statistics().bytesOnDisk
        #expect(full > 4_000_000)
        #expect(empty < 1_500_000)
        #expect(store.verify(repair: false).damage == [])
    }

    @Test func theLimitHoldsForAllThatIsOnDisk() throws {
        let store = try ResultStore(folder: cache)
        for seed in 0..<60 {
            store.insert(ToyImage([UInt8](repeating: UInt8(seed), count: 100_000)), seed: seed)
        }
        for limit in [4_000_000, 2_000_000, 1_000_000] {
            let done = try store.collectGarbage(limit: limit)
            let statistics = store.statistics()
            #expect(statistics.bytesOnDisk <= limit)
            #expect(done.bytesOnDisk == statistics.bytesOnDisk)
            #expect(done.evicted > 0 && done.forgotten == 0)
            #expect(statistics.results == 60)
            #expect(limit < 2_000_000 || statistics.bytes > limit / 4, "no more than needed goes")
        }
        let idle = try store.collectGarbage(limit: 4_000_000)
        #expect(idle.evicted == 0 && idle.forgotten == 0)
        #expect(store.verify(repair: false).damage == [])
    }

    @Test func whereEvictionIsNotEnoughTheOldestResultsAreForgotten() throws {
        let store = try ResultStore(folder: cache)
        let value = Digest(of: [1])
        for seed in 0..<4000 {
            store.insert(value, nil, kind: "toy", for: .toy(seed), cost: 1, claim: nil)
            store.remember(CacheKey.toy(seed).digest, of: "a[\(seed)]", in: "recipe")
        }
        let empty = try ResultStore(folder: CacheFolder(folder("empty"))).statistics().bytesOnDisk
        // What the write-ahead log holds twice goes first.
        _ = try store.collectGarbage(limit: store.statistics().bytesOnDisk - 1)
        let (before, limit) = (store.statistics().results, (store.statistics().bytesOnDisk + empty) / 2)
        let done = try store.collectGarbage(limit: limit)
        let left = store.statistics().results
        #expect(store.statistics().bytesOnDisk <= limit)
        #expect(done.forgotten == before - left)
        #expect(left > 0 && left < before)
        #expect(store.history(of: "recipe").count == left)
    }

    @Test func aReadOnlyStoreFindsAndNeverWrites() throws {
        let store = try ResultStore(folder: cache)
        let (key, value) = store.insertText("hello", seed: 1)
        store.close()
        let before = try folder.bytes(of: "cache/cache.sqlite")
        let reader = try ResultStore(folder: cache, access: .readOnly)
        #expect(reader.record(for: value) != nil)
        #expect(reader.result(for: key.digest) != nil)
        let (other, _) = reader.insertText("not kept", seed: 2)
        #expect(reader.result(for: other.digest) == nil)
        #expect(reader.tryClaim(key.digest).isUnsupported)
        #expect(throws: StoreError.readOnly(path: cache.path)) { try reader.collectGarbage(limit: 0) }
        reader.close()
        #expect(try folder.bytes(of: "cache/cache.sqlite") == before)
    }

    @Test func aFolderThatCannotBeWrittenIsReadAllTheSame() throws {
        let store = try ResultStore(folder: cache)
        let (key, value) = store.insertText("hello", seed: 1)
        store.close()
        func setMode(_ mode: Int, of path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try setMode(0o444, of: cache.database)
        try setMode(0o555, of: cache.path)
        defer { try? setMode(0o755, of: cache.path) }
        // Modes say nothing to the superuser: on Linux this thread alone can be somebody else to the file system.
        let isSuperuser = geteuid() == 0
        typealias SetUser = @convention(c) (uid_t) -> CInt
        let setUser = try unsafeBitCast(#require(dlsym(nil, "setfsuid")), to: SetUser.self)
        if isSuperuser { _ = setUser(65534) }
        defer { if isSuperuser { _ = setUser(0) } }
        let log = WarningLog()
        let reader = try ResultStore(folder: cache, access: .readOnly, warn: log.warn)
        #expect(reader.result(for: key.digest)?.value == value)
        #expect(reader.record(for: value) == ToyText("hello").record)
        #expect(log.warnings == [])
        reader.close()
    }

    @Test func aDamagedReadOnlyCacheIsSaidToBeUnusable() throws {
        let store = try ResultStore(folder: cache)
        let (key, _) = store.insertText("hello", seed: 1)
        store.close()
        try folder.write(Array(try folder.bytes(of: "cache/cache.sqlite").prefix(65536)), to: "cache/cache.sqlite")
        let log = WarningLog()
        let reader = try ResultStore(folder: cache, access: .readOnly, warn: log.warn)
        #expect(reader.result(for: key.digest) == nil)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("cannot be read") == true, "\(log.warnings)")
        reader.close()
    }

    @Test func theFolderCarriesTheCacheTag() throws {
        try ResultStore(folder: cache).close()
        #expect(try folder.text(of: "cache/CACHEDIR.TAG").hasPrefix("Signature: 8a477f597d28d172789f06886806bc55\n"))
    }

    @Test func theStandardFolderIsTheNearestOfOurs() throws {
        func standard(_ asked: String? = nil, _ environment: [String: String], in directory: String) throws -> String {
            try CacheFolder.standard(asked: asked, environment: environment, directory: directory).path
        }
        try folder.write("", to: "checkout/recipes/a.yaml")
        try folder.write(
            "Signature: 8a477f597d28d172789f06886806bc55\n# other\n",
            to: "checkout/recipes/cache/CACHEDIR.TAG"
        )
        let inside = folder("checkout/recipes")
        let home = ["HOME": "/home/ada"]
        #expect(try standard("x", ["PULID_CACHE": "/y"], in: inside) == inside + "/x")
        #expect(try standard(nil, ["PULID_CACHE": "/y"], in: inside) == "/y")
        #expect(try standard(nil, home, in: inside) == "/home/ada/.cache/pulid-run")
        #expect(try standard(nil, ["XDG_CACHE_HOME": "/xdg"], in: inside) == "/xdg/pulid-run")
        try ResultStore(folder: CacheFolder(folder("checkout/cache"))).close()
        #expect(try standard(nil, home, in: inside) == folder("checkout/cache"))
    }

    /// Anybody may make a folder `cache` in a folder that all may write to.
    @Test func theCacheOfAnotherUserIsNotTaken() throws {
        try ResultStore(folder: CacheFolder(folder("checkout/cache"))).close()
        var warnings: [String] = []
        let found = try CacheFolder.standard(
            environment: ["HOME": "/home/ada"],
            directory: folder("checkout"),
            user: geteuid() + 1,
            warn: { warnings.append($0) }
        )
        if geteuid() == 0 {
            chown(folder("checkout/cache"), 12345, 12345)
            let own = try CacheFolder.standard(
                environment: ["HOME": "/home/ada"],
                directory: folder("checkout"),
                warn: { warnings.append($0) }
            )
            #expect(own.path == "/home/ada/.cache/pulid-run")
        } else {
            #expect(found.path == "/home/ada/.cache/pulid-run")
        }
        let place = folder("checkout/cache")
        #expect(warnings == ["\(place) belongs to another user and is not used; --cache \(place) takes it"])
    }

    @Test func withoutAHomeThereIsNoPlace() throws {
        let cases: [(home: String?, is: String)] = [
            (nil, "not set"), ("", "empty"), ("ada", "ada, not a path from the root"),
        ]
        for (home, problem) in cases {
            let environment = home.map { ["HOME": $0] } ?? [:]
            let error = #expect(throws: StoreError.self) {
                try CacheFolder.standard(environment: environment, directory: "/work")
            }
            #expect(error == .noHome(home))
            #expect(
                error?.description
                    == "there is no place for the cache: HOME is \(problem); give a folder with --cache or "
                    + "PULID_CACHE"
            )
            #expect(
                try CacheFolder.standard(asked: "x", environment: environment, directory: "/work").path == "/work/x"
            )
        }
    }

    @Test func aFolderThatCannotBeMade() throws {
        try folder.write("", to: "file")
        func problem(_ path: String) -> String? {
            let error = #expect(throws: StoreError.self) { try ResultStore(folder: CacheFolder(path)) }
            return error.map { "\($0)" }?.replacing(folder.path, with: "DIR")
        }
        let end = "; give another with --cache"
        #expect(problem(folder("file")) == "the cache DIR/file cannot be used: it is no folder" + end)
        #expect(problem(folder("file/a/b")) == "the cache DIR/file/a/b cannot be used: DIR/file is no folder" + end)
        let refused = "/proc/x cannot be made: No such file or directory"
        #expect(problem("/proc/x/cache") == "the cache /proc/x/cache cannot be used: \(refused)" + end)
    }
}
