import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// Values that lie in files, and what may lie in their place.
@Suite struct ValueFileTests {
    let folder: TemporaryFolder
    let image = ToyImage([UInt8](repeating: 7, count: 9 << 20))
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    private func fill() throws -> (key: Digest, value: Digest, path: String) {
        let store = try ResultStore(folder: cache)
        let (key, value) = store.insert(image, seed: 1)
        store.close()
        return (key.digest, value, cache.values + "/\(value.hex.prefix(2))/\(value.hex.dropFirst(2))")
    }

    /// In a process whose memory does not suffice for it twice.
    @Test(.disabled(if: dlsym(nil, "__asan_init") != nil)) func itIsNeverThereTwice() async throws {
        await #expect(processExitsWith: .success) { [path = cache.path as String] in
            let size = 192 << 20
            func allowMore(_ bytes: Int) throws {
                let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first
                let most = rlim_t((pages.flatMap { Int($0) } ?? 0) << 12 + bytes)
                var limit = rlimit(rlim_cur: most, rlim_max: rlim_t.max)
                guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { throw POSIXError(.EINVAL) }
            }
            let store = try ResultStore(folder: CacheFolder(path))
            store.insertText("opens what it needs", seed: 1)
            store.flush()
            var value: Digest
            do {
                let pixels = Bytes(count: size) { $0.initializeMemory(as: UInt8.self, repeating: 7) }
                let block = ArtifactRecord.Block(element: .uint8, shape: [size], bytes: pixels)
                let record = ArtifactRecord(kind: "image", blocks: ["pixels": block])
                try allowMore(size / 2)
                let encoded = RecordCoder.encode(record)
                value = encoded.digest
                store.insert(value, encoded, kind: record.kind, for: .toy(2), cost: 1, claim: nil)
                store.flush()
            }
            // What it is mapped to, and no more.
            try allowMore(size + size / 2)
            let record = store.record(for: value)
            exit(record?.blocks["pixels"]?.bytes.count == size && record?.digest == value ? 0 : 2)
        }
    }

    @Test func aFolderInItsPlaceIsSaidToBeOne() throws {
        let (_, value, path) = try fill()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path + "/inner", withIntermediateDirectories: true)
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        #expect(store.record(for: value) == nil)
        #expect(
            log.warnings == [
                """
                the cached value \(value.short) is damaged (a folder lies in its place): it is dropped and made again
                """
            ]
        )
        store.insert(image, seed: 1)
        store.close()
        #expect(try ResultStore(folder: cache).record(for: value) == image.record)
    }

    @Test func whatCannotBeReadNowIsNotCalledDamaged() throws {
        let (key, value, _) = try fill()
        try FileManager.default.moveItem(atPath: cache.values, toPath: folder("values"))
        try folder.write("a file", to: "cache/values")
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        for _ in 0..<2 { #expect(store.record(for: value) == nil) }
        let path = cache.values + "/\(value.hex.prefix(2))/\(value.hex.dropFirst(2))"
        #expect(
            log.warnings == [
                "the cached value \(value.short) cannot be read now (\(path): Not a directory): it is made again"
            ]
        )
        // For this process it counts as gone; nothing was dropped.
        #expect(store.result(for: key)?.hasValue == false)
        store.close()
        try FileManager.default.removeItem(atPath: cache.values)
        try FileManager.default.moveItem(atPath: folder("values"), toPath: cache.values)
        #expect(try ResultStore(folder: cache).record(for: value) == image.record)
    }

    @Test func oneThatIsGoneIsAMissWithoutAWord() throws {
        let (key, value, path) = try fill()
        try FileManager.default.removeItem(atPath: path)
        let reader = try ResultStore(folder: cache, access: .readOnly)
        #expect(reader.verify(repair: false).damage == [.missing(value)])
        reader.close()
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        #expect(store.record(for: value) == nil)
        #expect(store.result(for: key)?.hasValue == false)
        #expect(store.verify(repair: false).damage == [])
        #expect(log.warnings == [])
    }

    /// Else whoever asks again is told the same for ever.
    @Test func inACacheThatIsOnlyReadAValueThatIsNoUseCountsAsGone() throws {
        let (key, value, path) = try fill()
        var bytes = try folder.bytes(of: String(path.dropFirst(folder.path.count + 1)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let log = WarningLog()
        let reader = try ResultStore(folder: cache, access: .readOnly, warn: log.warn)
        #expect(reader.result(for: key)?.hasValue == true)
        for _ in 0..<3 { #expect(reader.record(for: value) == nil) }
        #expect(reader.result(for: key)?.hasValue == false)
        #expect(log.warnings == ["the cached value \(value.short) is damaged: it is made again"])
    }

    @Test func whatANodeCannotUseCanBeDropped() throws {
        let store = try ResultStore(folder: cache)
        let (key, value) = store.insertText("of an older layout", seed: 1)
        store.flush()
        store.drop(value)
        #expect(store.result(for: key.digest) == StoredResult(value: value, hasValue: false, cost: 0.5))
        store.insertText("of an older layout", seed: 1)
        #expect(store.record(for: value) != nil)
        #expect(store.result(for: key.digest)?.hasValue == true)
        store.close()
        #expect(try ResultStore(folder: cache).result(for: key.digest)?.hasValue == true)
    }

    @Test func roomMadeBesideARunLeavesNoRowWithoutItsFile() throws {
        let (store, cleaner) = (try ResultStore(folder: cache), try ResultStore(folder: cache))
        let (key, value) = store.insert(image, seed: 1)
        // Written, and not yet committed.
        try cleaner.clear()
        store.flush()
        #expect(try folder.files(under: "cache/values") == [])
        #expect(cleaner.result(for: key.digest) == StoredResult(value: value, hasValue: false, cost: 0.5))
        #expect(cleaner.verify(repair: false).damage == [])
    }

    @Test func unfinishedValuesOfKilledRunsAreCleared() throws {
        let (_, value, path) = try fill()
        let old = try folder.write([1, 2, 3], to: "cache/unfinished/.pulid-run-old.tmp", age: 60)
        let young = try folder.write([1, 2, 3], to: "cache/unfinished/.pulid-run-young.tmp")
        let name = String(repeating: "c", count: 62)
        let unnamed = try folder.write([1, 2, 3], to: "cache/values/ab/\(name)", age: 4000)
        let store = try ResultStore(folder: cache)
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: young))
        #expect(store.verify(repair: false).strays == 1)
        let done = try store.collectGarbage(limit: 1 << 30)
        #expect(done.bytesOfRuns == 3)
        #expect(!FileManager.default.fileExists(atPath: unnamed))
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(store.record(for: value) != nil)
    }
}
