import Dispatch
import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization
import Testing

/// Several runs of one recipe at the same time, on one cache, as several processes would have.
@Suite struct SharedCacheTests {
    @Test func eachNodeRunsOnceAndAllOutputsAreRight() throws {
        let folder = try TemporaryFolder()
        var builder = GraphBuilder()
        for x in 1...10 {
            let cell = [("x", Value.integer(Int128(x)))]
            let start = builder.add("start", "constant", at: cell, ["value": .number(Double(x))])
            let slow = builder.add("slow", "sleep", at: cell, ["seconds": .number(0.01)], inputs: ["input": [start]])
            builder.output("\(x).txt", slow)
        }
        let graph = builder.graph
        let ran = Atomic<Int>(0)
        let problems = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            do {
                let warn: @Sendable (String) -> Void = { text in problems.withLock { $0.append(text) } }
                let store = try ResultStore(folder: CacheFolder(folder("cache")), warn: warn)
                let options = RunOptions(
                    out: folder("out-\(worker)"),
                    recipe: folder("test.yaml"),
                    jobs: 1 + worker
                )
                let summary = try RecipeRun(
                    graph,
                    store: store,
                    options: options,
                    environment: RunEnvironment(numerics: "toy", version: "1.0")
                ).run()
                store.close()
                ran.add(summary.ran, ordering: .relaxed)
                if summary.ran + summary.cached != 20 { warn("\(summary.ran) ran, \(summary.cached) cached") }
            } catch {
                problems.withLock { $0.append("\(error)") }
            }
        }
        #expect(problems.withLock { $0 } == [])
        #expect(ran.load(ordering: .relaxed) == 20)
        for worker in 0..<3 {
            for x in 1...10 { #expect(try folder.text(of: "out-\(worker)/\(x).txt") == "\(Double(x))\n") }
        }
    }

    /// A node that another process computes is not ready: everything else goes on, and then the wait is shown.
    @Test func whatAnotherProcessComputesHoldsUpNothingElse() throws {
        let folder = try TemporaryFolder()
        var builder = GraphBuilder()
        let taken = builder.add("taken", "constant", ["value": .number(1)])
        builder.output("taken.txt", taken)
        for x in 2...4 {
            let cell = [("x", Value.integer(Int128(x)))]
            builder.output("\(x).txt", builder.add("free", "constant", at: cell, ["value": .number(Double(x))]))
        }
        let cache = CacheFolder(folder("cache"))
        let other = try ResultStore(folder: cache)
        let key = CacheKey(
            kind: "constant",
            version: 1,
            parameters: ["value": .number(1)],
            inputs: [:],
            numerics: "toy"
        )
        guard case .held(let claim) = other.tryClaim(key.digest) else { return #expect(Bool(false), "not held") }
        let log = Mutex<[String]>([])
        let store = try ResultStore(folder: cache)
        let summary = try RecipeRun(
            builder.graph,
            store: store,
            options: RunOptions(out: folder("out"), recipe: folder("test.yaml")),
            environment: RunEnvironment(numerics: "toy", version: "1.0")
        ) { event in
            switch event {
            case .finished(let name, _, _): log.withLock { $0.append(name.title) }
            case .waiting(let name, _):
                log.withLock { $0.append("waiting for \(name.title)") }
                // The other process is done: it keeps what it has and lets go.
                let encoded = RecordCoder.encode(ToyNumber(1).record)
                other.insert(encoded.digest, encoded, kind: "number", for: key, cost: 1, claim: claim)
                other.flush()
            default: break
            }
        }.run()
        store.close()
        other.close()
        #expect(log.withLock { $0 } == ["free[x=2]", "free[x=3]", "free[x=4]", "waiting for taken"])
        #expect((summary.ran, summary.cached, summary.written) == (3, 1, 4))
        #expect(summary.exitStatus == .success)
        #expect(try folder.text(of: "out/taken.txt") == "1.0\n")
    }
}
