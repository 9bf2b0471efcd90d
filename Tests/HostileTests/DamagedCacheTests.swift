import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

/// Databases with lost, repeated and altered parts: a value from the cache is the one that was put there, or none is.
@Suite struct DamagedCacheTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func caches() throws {
        let cache = CacheFolder(folder("cache"))
        let store = try ResultStore(folder: cache)
        for seed in 0..<6 { insert(ToyText("text \(seed)"), seed, into: store) }
        store.close()
        let whole = try folder.bytes(of: "cache/cache.sqlite")
        var served = 0
        for bytes in Damage(whole: whole, copies: 60, seed: 81) {
            try FileManager.default.removeItem(atPath: cache.path)
            try folder.write(bytes, to: "cache/cache.sqlite")
            do {
                let store = try ResultStore(folder: cache, warn: { _ in })
                for seed in 0..<6 {
                    guard let result = store.result(for: key(seed).digest), let record = store.record(for: result.value)
                    else { continue }
                    #expect(record == ToyText("text \(seed)").record)
                    served += 1
                }
                insert(ToyText("new"), 9, into: store)
                store.flush()
                let new = try #require(store.result(for: key(9).digest)?.value)
                #expect(store.record(for: new) == ToyText("new").record)
                store.close()
            } catch let error as StoreError {
                #expect("\(error)".contains("newer pulid-run"))
            }
        }
        #expect(served > 0)
    }

    private func key(_ seed: Int) -> CacheKey {
        CacheKey(kind: "toy", version: 1, parameters: ["seed": .integer(Int128(seed))], inputs: [:], numerics: "toy")
    }

    private func insert(_ artifact: ToyText, _ seed: Int, into store: ResultStore) {
        let encoded = RecordCoder.encode(artifact.record)
        store.insert(encoded.digest, encoded, kind: artifact.record.kind, for: key(seed), cost: 0.5, claim: nil)
    }
}
