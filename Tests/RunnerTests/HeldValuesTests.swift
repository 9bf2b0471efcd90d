import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
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

    /// Where nothing can be kept, values have no other place.
    @Test func withoutACacheTheyAreHeldUntilTheyAreUsed() throws {
        try FileManager.default.createDirectory(atPath: workshop.folder("cache"), withIntermediateDirectories: true)
        _ = try workshop.run(sweep("without a cache", count: 20), access: .readOnly)
        #expect(try workshop.text("sum.txt") == "190.0\n")
        #expect(ToyWeight.most(on: "without a cache") == 20)
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
    @Test func memoryIsSharedOut() throws {
        let budget = MemoryBudget(limit: 100)
        let busy = Mutexed(0)
        let most = Mutexed(0)
        DispatchQueue.concurrentPerform(iterations: 12) { i in
            budget.working(i == 0 ? 1000 : 50) {
                let now = busy.change { $0 += 1 }
                most.change { $0 = max($0, now) }
                Thread.sleep(forTimeInterval: 0.002)
                busy.change { $0 -= 1 }
            }
        }
        #expect(most.value == 2)
        #expect(budget.roomForNetworks == 100)
    }
}

private final class Mutexed: @unchecked Sendable {
    private let lock = NSLock()
    private var number: Int
    init(_ number: Int) { self.number = number }
    var value: Int { lock.withLock { number } }
    @discardableResult func change(_ body: (inout Int) -> Void) -> Int {
        lock.withLock {
            body(&number); return number
        }
    }
}
