import Dispatch
import EngineTestSupport
import Foundation
import Graph
import Store
import Synchronization
import Testing

/// Several stores on one folder, as several processes would have.
@Suite struct ConcurrencyTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test func eachKeyIsComputedOnce() throws {
        let computed = Atomic<Int>(0)
        let failures = Mutex<[String]>([])
        let cache = cache
        DispatchQueue.concurrentPerform(iterations: 6) { worker in
            do {
                let store = try ResultStore(folder: cache, warn: { text in failures.withLock { $0.append(text) } })
                for step in 0..<40 {
                    // Each begins elsewhere, so that they meet in all ways.
                    let seed = (step + worker * 7) % 40
                    let key = CacheKey.toy(seed).digest
                    if store.result(for: key) != nil { continue }
                    let claim = store.claim(key) {}
                    if store.result(for: key) != nil {
                        claim?.release()
                        continue
                    }
                    computed.add(1, ordering: .relaxed)
                    store.insert(ToyText("text \(seed)"), seed: seed, claim: claim)
                }
                store.close()
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(computed.load(ordering: .relaxed) == 40)
        let store = try ResultStore(folder: cache)
        #expect(store.statistics().results == 40)
        #expect(store.verify(repair: false).damage == [])
    }

    @Test func manyFirstOpensMakeOneCache() throws {
        let failures = Mutex<[String]>([])
        let cache = cache
        DispatchQueue.concurrentPerform(iterations: 12) { worker in
            do {
                let store = try ResultStore(folder: cache, warn: { text in failures.withLock { $0.append(text) } })
                store.insertText("text \(worker)", seed: worker)
                store.close()
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try ResultStore(folder: cache).statistics().results == 12)
    }

    @Test func aWaitForAClaimCanBeGivenUp() throws {
        struct Stop: Error {}
        let store = try ResultStore(folder: cache)
        let other = try ResultStore(folder: cache)
        let key = CacheKey.toy(1).digest
        let claim = store.claim(key) {}
        #expect(claim != nil)
        #expect(throws: Stop.self) { try other.claim(key) { throw Stop() } }
        claim?.release()
        #expect(other.claim(key) {} != nil)
    }

    @Test func aClaimLastsUntilTheResultCanBeSeen() throws {
        let store = try ResultStore(folder: cache)
        let other = try ResultStore(folder: cache)
        let key = CacheKey.toy(1).digest
        store.insert(ToyText("text"), seed: 1, claim: store.claim(key) {})
        _ = other.claim(key) {}
        #expect(other.result(for: key) != nil)
    }

    @Test func whatWasCommittedSurvivesAKill() async throws {
        let path = cache.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            for seed in 0..<50 { store.insertText("text \(seed)", seed: seed) }
            store.flush()
            for seed in 50..<100 {
                store.insert(ToyText("text \(seed)"), seed: seed, claim: store.claim(CacheKey.toy(seed).digest) {})
            }
            kill(getpid(), SIGKILL)
        }
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        for seed in 0..<50 {
            let value = try #require(store.result(for: CacheKey.toy(seed).digest)?.value)
            #expect(store.record(for: value) == ToyText("text \(seed)").record)
        }
        #expect(log.warnings == [])
        #expect(store.verify(repair: false).damage == [])
        // The dead process holds no claim.
        for seed in 50..<100 { #expect(store.claim(CacheKey.toy(seed).digest) {} != nil) }
    }
}
