import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Testing

/// Nodes that give something else under the same key are reported, never mixed in.
@Suite struct OtherDigestTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.folder.write("1", to: "hidden.txt")
    }

    private func graph() -> ExecutionGraph {
        var builder = GraphBuilder()
        let sneak = builder.add("sneak", "sneak", ["behind": .string(workshop.folder("hidden.txt"))])
        let scaled = builder.add("scaled", "scale", ["factor": .number(3)], inputs: ["input": [sneak]])
        builder.output("scaled.txt", scaled)
        return builder.graph
    }

    @Test func aValueMadeAgainMustBeTheSame() throws {
        _ = try workshop.run(graph())
        let store = try workshop.openStore()
        _ = try store.evictValues(keeping: 0)
        store.close()
        try FileManager.default.removeItem(atPath: workshop.folder("out/scaled.txt"))
        try workshop.folder.write("2", to: "hidden.txt")
        let outcome = try workshop.run(graph())
        #expect(outcome.summary.failures.map(\.node) == ["sneak"])
        #expect(outcome.summary.failures[0].reason.contains("it gave another value than before"))
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(!FileManager.default.fileExists(atPath: workshop.folder("out/scaled.txt")))
        // The first value was right for the key of what rests on it: it still is.
        try workshop.folder.write("1", to: "hidden.txt")
        #expect(try workshop.run(graph()).ran == ["sneak", "scaled"])
        #expect(try workshop.text("scaled.txt") == "3.0\n")
    }

    @Test func forceMakesItAndAllThatFollowsAnew() throws {
        _ = try workshop.run(graph())
        try workshop.folder.write("2", to: "hidden.txt")
        let outcome = try workshop.run(graph(), { $0.force = ["sneak"] })
        #expect(outcome.ran == ["sneak", "scaled"])
        #expect(try workshop.text("scaled.txt") == "6.0\n")
        let warnings = outcome.events.compactMap {
            if case .nodeWarning(let warning) = $0 { warning.message } else { nil }
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("`sneak`: it gave another value than before") == true)
    }

    /// Two instances with one key are one piece of work, also when their value has to be made again.
    @Test func twinsRunOnceAlsoAfterAnEviction() throws {
        var builder = GraphBuilder()
        for name in ["a", "b", "c"] {
            let picture = builder.add(name, "caption", ["text": .string("the same")])
            builder.output("\(name).txt", picture)
        }
        #expect(try workshop.run(builder.graph).ran == ["a"])
        let store = try workshop.openStore()
        _ = try store.evictValues(keeping: 0)
        store.close()
        try FileManager.default.removeItem(atPath: workshop.folder("out"))
        let outcome = try workshop.run(builder.graph, { $0.jobs = 3 })
        #expect(outcome.ran.count == 1)
        #expect(outcome.written == ["a.txt", "b.txt", "c.txt"])
    }

    /// A node that changes nothing has the key of the one before it, and waits for its value.
    @Test func aTwinOfWhatItReadsIsMadeAgainAfterAnEviction() throws {
        var builder = GraphBuilder()
        let number = builder.add("number", "constant", ["value": .number(4)])
        let down: [String: Value] = ["factor": .number(1), "rounding": .string("down")]
        let once = builder.add("once", "scale", down, inputs: ["input": [number]])
        let twice = builder.add("twice", "scale", down, inputs: ["input": [once]])
        builder.output("twice.txt", twice)
        #expect(try workshop.run(builder.graph).ran == ["number", "once"])
        for (force, ran) in [([], ["number", "once"]), (["twice"], ["number", "once", "twice"])] {
            let store = try workshop.openStore()
            _ = try store.evictValues(keeping: 0)
            store.close()
            try FileManager.default.removeItem(atPath: workshop.folder("out"))
            let outcome = try workshop.run(builder.graph, { $0.force = force })
            #expect(outcome.summary.exitStatus == .success)
            #expect(outcome.ran == ran)
            #expect(outcome.written == ["twice.txt"])
            #expect(try workshop.text("twice.txt") == "4.0\n")
        }
    }

    /// A node that cannot be made again takes down what waits for its value, and nothing that has all it needs.
    @Test func aFailureOfWhatWasKnownIsNoSuccess() throws {
        _ = try workshop.run(graph())
        let store = try workshop.openStore()
        _ = try store.evictValues(keeping: 0)
        store.close()
        try FileManager.default.removeItem(atPath: workshop.folder("out/scaled.txt"))
        try FileManager.default.removeItem(atPath: workshop.folder("hidden.txt"))
        let outcome = try workshop.run(graph())
        #expect(outcome.summary.failures.map(\.node) == ["sneak"])
        #expect(outcome.summary.notRun == 1)
        #expect(outcome.summary.exitStatus == .nodeFailed)
    }
}
