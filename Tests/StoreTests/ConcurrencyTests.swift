import Dispatch
import EngineTestSupport
import Foundation
import Graph
import Store
import Synchronization
import Testing

/// Several processes, and several stores in one, on one folder.
@Suite struct ConcurrencyTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test func eachKeyIsComputedOnce() async throws {
        async let first: Void = compute(0)
        async let second: Void = compute(1)
        async let third: Void = compute(2)
        async let fourth: Void = compute(3)
        _ = await (first, second, third, fourth)
        let computed = try folder.text(of: "computed").split(separator: "\n").map { Int($0) }
        #expect(computed.sorted { ($0 ?? -1) < ($1 ?? -1) } == Array(0..<40))
        let store = try ResultStore(folder: cache)
        #expect(store.statistics().results == 40)
        #expect(store.verify(repair: false).damage == [])
    }

    /// A process that makes what is not there, and writes down what it made.
    private func compute(_ worker: Int) async {
        let (path, log) = (cache.path, folder("computed"))
        await #expect(processExitsWith: .success) {
            [path = path as String, log = log as String, worker = worker as Int] in
            let store = try ResultStore(folder: CacheFolder(path), warn: { _ in exit(3) })
            let computed = open(log, O_WRONLY | O_APPEND | O_CREAT, 0o600)
            for step in 0..<40 {
                // Each begins elsewhere, so that they meet in all ways.
                let seed = (step + worker * 7) % 40
                let key = CacheKey.toy(seed).digest
                while store.result(for: key) == nil {
                    switch store.tryClaim(key) {
                    case .unsupported: exit(4)
                    case .taken: usleep(1000)
                    case .held(let claim):
                        if store.result(for: key) != nil { continue }
                        let line = Array("\(seed)\n".utf8)
                        guard write(computed, line, line.count) == line.count else { exit(5) }
                        store.insert(ToyText("text \(seed)"), seed: seed, claim: claim)
                    }
                }
            }
            store.close()
        }
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

    @Test func aClaimLastsUntilTheResultCanBeSeen() throws {
        let store = try ResultStore(folder: cache)
        let other = try ResultStore(folder: cache)
        let key = CacheKey.toy(1).digest
        store.insert(ToyText("text"), seed: 1, claim: store.tryClaim(key).claim)
        while other.tryClaim(key).claim == nil { usleep(1000) }
        #expect(other.result(for: key) != nil)
    }

    @Test func whatWasCommittedSurvivesAKill() async throws {
        let path = cache.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            for seed in 0..<50 { store.insertText("text \(seed)", seed: seed) }
            store.flush()
            for seed in 50..<100 {
                let claim = store.tryClaim(CacheKey.toy(seed).digest).claim
                store.insert(ToyText("text \(seed)"), seed: seed, claim: claim)
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
        for seed in 50..<100 { #expect(store.tryClaim(CacheKey.toy(seed).digest).claim != nil) }
    }
}
