import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization
import Testing

/// How many values are in memory at a time.
@Suite struct HeldValuesTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func sweep(_ scale: String, count: Int, bytes: Int = 1000) -> ExecutionGraph {
        var builder = GraphBuilder()
        let weights = (0..<count).map { number in
            builder.add(
                "weight",
                "weigh",
                at: [("number", .integer(Int128(number)))],
                ["scale": .string(scale), "number": .integer(Int128(number)), "bytes": .integer(Int128(bytes))]
            )
        }
        builder.output("sum.txt", builder.add("sum", "weigh_all", inputs: ["weights": weights]))
        return builder.graph
    }

    /// A gathered sweep is read from the cache one by one.
    @Test(arguments: [1, 3]) func aGatheredSweepIsNeverInMemoryAsAWhole(jobs: Int) throws {
        let scale = "gathered by \(jobs)"
        let outcome = try workshop.run(sweep(scale, count: 100), { $0.jobs = jobs })
        #expect(outcome.ran.count == 101)
        #expect(try workshop.text("sum.txt") == "4950.0\n")
        #expect(ToyWeight.most(on: scale) <= jobs + 1)
    }

    /// Planning reads files to know what follows, and holds none of them.
    @Test func aPlanHoldsNothing() throws {
        var builder = GraphBuilder()
        let weights = (0..<100).map { number in
            builder.add("weight", "weigh_early", ["scale": .string("planned"), "number": .integer(Int128(number))])
        }
        builder.output("sum.txt", builder.add("sum", "weigh_all", inputs: ["weights": weights]))
        #expect(try workshop.plan(builder.graph).running.count == 101)
        #expect(ToyWeight.most(on: "planned") == 1)
    }

    /// Where nothing can be kept, values have no other place.
    @Test func withoutACacheTheyAreHeldUntilTheyAreUsed() throws {
        try FileManager.default.createDirectory(atPath: workshop.folder("cache"), withIntermediateDirectories: true)
        _ = try workshop.run(sweep("without a cache", count: 20), access: .readOnly)
        #expect(try workshop.text("sum.txt") == "190.0\n")
        #expect(ToyWeight.most(on: "without a cache") == 20)
    }

    /// A table takes its rows while their values are at hand: nothing runs twice.
    @Test func withoutACacheTheRowsOfATableAreMadeOnce() throws {
        try FileManager.default.createDirectory(atPath: workshop.folder("cache"), withIntermediateDirectories: true)
        var builder = GraphBuilder()
        let rows = (0..<3).map { number in
            builder.add(
                "row",
                "constant",
                at: [("number", .integer(Int128(number)))],
                ["value": .number(Double(number))]
            )
        }
        builder.table("rows.csv", rows)
        let outcome = try workshop.run(builder.graph, access: .readOnly)
        #expect(outcome.ran.count == 3)
        #expect(outcome.written == ["rows.csv"])
    }

    /// What waits for a disk that stays full is let go of when it is too much: who needs it again waits for nobody.
    @Test func aDiskThatStaysFullEndsNoRun() async throws {
        await #expect(processExitsWith: .success) {
            let suite = try HeldValuesTests()
            defer { try? FileManager.default.removeItem(atPath: suite.workshop.folder.path) }
            _ = try suite.workshop.run(suite.sweep("before", count: 1))
            signal(SIGXFSZ, SIG_IGN)
            try FileSizeLimit.set(4096)
            // What hangs is ended.
            alarm(120)
            let outcome = try suite.workshop.run(suite.sweep("full", count: 20, bytes: 5 << 20))
            try FileSizeLimit.set(nil)
            let isRight = try suite.workshop.text("sum.txt") == "190.0\n"
            // The first ones were let go of while it was hoped for room, and made again once.
            #expect(isRight && outcome.ran.count < 40, "\(outcome.ran.count) ran: \(outcome.warnings)")
        }
    }

    /// A damaged value of a gathered sweep is made again, and then the node that gathers it.
    @Test func aGatheredValueThatIsGoneIsMadeAgain() throws {
        _ = try workshop.run(sweep("gone", count: 5))
        let store = try workshop.openStore()
        let value = ToyWeight("gone", number: 3, bytes: 1000).record.digest
        store.drop(value)
        store.close()
        try FileManager.default.removeItem(atPath: workshop.folder("out/sum.txt"))
        #expect(try workshop.run(sweep("gone", count: 5)).ran == [])
        #expect(try workshop.run(sweep("gone", count: 5), { $0.force = ["sum"] }).ran == ["weight[number=3]", "sum"])
    }

    /// Nodes side by side take no more than the run's memory, though one is always let in.
    @Test func memoryIsSharedOut() {
        let budget = MemoryBudget(limit: 100)
        let entered = Atomic<Bool>(false)
        let (small, large) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        budget.working(60) {
            Thread.detachNewThread {
                budget.working(50) { entered.store(true, ordering: .sequentiallyConsistent) }
                large.signal()
            }
            Thread.detachNewThread { budget.working(40) { _ = small.signal() } }
            small.wait()
            let isIn = entered.load(ordering: .sequentiallyConsistent)
            #expect(!isIn)
            #expect(budget.roomForNetworks <= 40)
        }
        large.wait()
        let isIn = entered.load(ordering: .sequentiallyConsistent)
        #expect(isIn)
        budget.hold(30)
        #expect(budget.working(1000) { budget.roomForNetworks } == 0)
        #expect(budget.roomForNetworks == 70)
    }
}
