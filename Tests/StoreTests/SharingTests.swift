import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// Results that go from one cache to another, and files that are not what they seem.
@Suite struct SharingTests {
    let folder: TemporaryFolder
    private var file: String { folder("shared") }

    init() throws { folder = try TemporaryFolder() }

    private func open(_ name: String) throws -> ResultStore { try ResultStore(folder: CacheFolder(folder(name))) }

    /// Two texts, a picture larger than fits the database, a value that two keys share, one that was evicted, and a result
    /// of another recipe.
    private func export() throws -> SharedCounts {
        let store = try open("here")
        defer { store.close() }
        let image = ToyImage([UInt8](repeating: 7, count: 9 << 20))
        for (seed, artifact) in [(1, ToyText("one")), (2, ToyText("two")), (3, ToyText("one"))] as [(Int, any Artifact)]
        {
            store.remember(store.insert(artifact, seed: seed).0.digest, of: "node\(seed)", in: "/here/a.yaml")
        }
        store.remember(store.insert(image, seed: 4).0.digest, of: "image", in: "/here/a.yaml")
        let (gone, value) = store.insertText("gone", seed: 5)
        store.remember(gone.digest, of: "gone", in: "/here/a.yaml")
        store.insertText("other", seed: 6)
        store.flush()
        store.drop(value)
        return try store.export("/here/a.yaml", to: file)
    }

    @Test func anotherCacheHasItAllThen() throws {
        let exported = try export()
        #expect(exported.results == 5)
        #expect(exported.values == 3)
        let store = try open("there")
        #expect(try store.take(file, for: "/there/b.yaml") == exported)
        #expect(try store.take(file) == SharedCounts())
        store.close()

        let again = try open("there")
        defer { again.close() }
        for (seed, artifact) in [(1, ToyText("one")), (2, ToyText("two")), (3, ToyText("one"))] as [(Int, any Artifact)]
        {
            let result = try #require(again.result(for: CacheKey.toy(seed).digest))
            #expect(result.hasValue && result.cost == 0.5)
            #expect(again.record(for: result.value) == artifact.record)
            #expect(again.components(of: CacheKey.toy(seed).digest) == KeyComponents(.toy(seed)))
        }
        let image = try #require(again.result(for: CacheKey.toy(4).digest))
        #expect(again.record(for: image.value) == ToyImage([UInt8](repeating: 7, count: 9 << 20)).record)
        #expect(again.result(for: CacheKey.toy(5).digest)?.hasValue == false)
        #expect(again.result(for: CacheKey.toy(6).digest) == nil)
        #expect(again.history(of: "/there/b.yaml")["image"] == CacheKey.toy(4).digest)
        #expect(again.verify(repair: false).damage == [])
    }

    @Test func whatIsHereStays() throws {
        _ = try export()
        let store = try open("there")
        defer { store.close() }
        let (key, own) = store.insert(ToyText("another result"), seed: 1)
        store.flush()
        _ = try store.take(file)
        #expect(store.result(for: key.digest)?.value == own)
    }

    @Test func aRecipeWithoutResults() throws {
        let store = try open("here")
        defer { store.close() }
        #expect(throws: SharingError.nothing(recipe: "/none.yaml")) { try store.export("/none.yaml", to: file) }
        #expect(throws: SharingError.self) { try store.take(folder("nowhere")) }
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func aReadOnlyCacheTakesNothing() throws {
        _ = try export()
        let store = try ResultStore(folder: CacheFolder(folder("here")), access: .readOnly)
        defer { store.close() }
        #expect(throws: StoreError.readOnly(path: folder("here"))) { try store.take(file) }
    }

    /// Whatever byte is another, either all is as it was exported, or nothing is taken.
    @Test(arguments: 0..<60)
    func aDamagedFile(seed: Int) throws {
        let store = try open("here")
        let (key, value) = store.insertText("text", seed: 1)
        store.remember(key.digest, of: "node", in: "/here/a.yaml")
        let exported = try store.export("/here/a.yaml", to: file)
        store.close()
        var bytes = try folder.bytes(of: "shared")
        var random = SplitMix(seed: UInt64(seed))
        // Most of the file is empty: half of the flips hit what is not.
        let used = bytes.indices.filter { bytes[$0] != 0 }
        for _ in 0...(seed % 3) {
            let place =
                seed % 2 == 0 ? used[Int(random.next() % UInt64(used.count))] : Int(random.next() % UInt64(bytes.count))
            bytes[place] ^= UInt8(1) << (random.next() % 8)
        }
        if seed % 10 == 9 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        try folder.write(bytes, to: "shared")
        let there = try open("there")
        defer { there.close() }
        do {
            let taken = try there.take(file)
            #expect(taken == exported || taken == SharedCounts())
            if taken == exported { #expect(there.record(for: value) == ToyText("text").record) }
        } catch let error as SharingError {
            #expect(there.entries() == [], "\(error)")
        }
        #expect(there.verify(repair: false).damage == [])
    }

    @Test func valuesThatRecipesRestOnAreSpared() throws {
        let store = try open("here")
        defer { store.close() }
        let (kept, _) = store.insertText("kept", seed: 1)
        store.insertText("not kept", seed: 2)
        store.remember(kept.digest, of: "node", in: "/here/a.yaml")
        let done = try store.collectGarbage(limit: 0, sparing: ["/here/a.yaml", "/here/none.yaml"])
        #expect(done.evicted == 1 && done.forgotten == 1)
        #expect(store.result(for: kept.digest)?.hasValue == true)
        #expect(store.result(for: CacheKey.toy(2).digest) == nil)
    }
}

private struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
