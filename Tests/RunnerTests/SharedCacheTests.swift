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

    /// Nothing is computed twice, and no process is idle while there is work: both do a good part of it.
    @Test func twoProcessesShareASweepOf64Cells() async throws {
        let folder = try TemporaryFolder()
        async let first: Void = runSweep(0, in: folder)
        async let second: Void = runSweep(1, in: folder)
        _ = await (first, second)
        let logs = try (0..<2).map { try folder.text(of: "ran-\($0)").split(separator: "\n") }
        let ran = logs[0] + logs[1]
        #expect(ran.count == 128)
        #expect(Set(ran).count == 128)
        for log in logs { #expect(log.filter { $0.hasPrefix("slow[") }.count >= 16, "\(logs.map(\.count))") }
        for x in 1...64 {
            #expect(try folder.text(of: "out-0/\(x).txt") == "\(Double(x))\n")
            #expect(try folder.text(of: "out-1/\(x).txt") == "\(Double(x))\n")
        }
    }

    /// A process of its own, which begins when the other is there, and writes down what it ran.
    private func runSweep(_ worker: Int, in folder: TemporaryFolder) async {
        let root = folder.path
        await #expect(processExitsWith: .success) { [root = root as String, worker = worker as Int] in
            var builder = GraphBuilder()
            for x in 1...64 {
                let cell = [("x", Value.integer(Int128(x)))]
                let start = builder.add("start", "constant", at: cell, ["value": .number(Double(x))])
                let slow = builder.add(
                    "slow",
                    "sleep",
                    at: cell,
                    ["seconds": .number(0.03)],
                    inputs: ["input": [start]]
                )
                builder.output("\(x).txt", slow)
            }
            close(open("\(root)/ready-\(worker)", O_WRONLY | O_CREAT, 0o600))
            while access("\(root)/ready-\(1 - worker)", F_OK) != 0 { usleep(1000) }
            let log = open("\(root)/ran-\(worker)", O_WRONLY | O_APPEND | O_CREAT, 0o600)
            let store = try ResultStore(folder: CacheFolder("\(root)/cache"), warn: { _ in exit(3) })
            let options = RunOptions(out: "\(root)/out-\(worker)", recipe: "\(root)/test.yaml", jobs: 1)
            let environment = RunEnvironment(numerics: "toy", version: "1.0")
            let run = try RecipeRun(builder.graph, store: store, options: options, environment: environment) { event in
                guard case .finished(let name, _, _) = event else { return }
                let line = Array("\(name.title)\n".utf8)
                guard write(log, line, line.count) == line.count else { exit(4) }
            }
            let summary = run.run()
            store.close()
            exit(summary.exitStatus == .success ? 0 : 5)
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
