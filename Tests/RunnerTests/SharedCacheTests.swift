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
}
