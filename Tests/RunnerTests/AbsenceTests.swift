import EngineTestSupport
import Foundation
import Graph
import Recipes
import Runner
import Testing

/// What becomes of nodes whose inputs are absent, as a photo that shows no face makes them.
@Suite struct AbsenceTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// Three cells of which those from `limit` on have nothing to give; twice each, a sheet and a table of all.
    private func sweep(limit: Double, failing: Double = 100) -> ExecutionGraph {
        var builder = GraphBuilder()
        var all: [Int] = []
        for number in [1.0, 2.0, 3.0] {
            let cell = [("x", Value.number(number))]
            let start = builder.add("start", "constant", at: cell, ["value": .number(number)])
            let whole = builder.add("whole", "fail", at: cell, ["limit": .number(failing)], inputs: ["input": [start]])
            let face = builder.add("face", "forgo", at: cell, ["limit": .number(limit)], inputs: ["input": [whole]])
            all.append(builder.add("twice", "scale", at: cell, inputs: ["input": [face]]))
            builder.output("\(Int(number)).txt", all[all.count - 1])
            builder.expect(all[all.count - 1], "value", .greater, 0)
        }
        builder.output("sheet.txt", builder.add("sheet", "table", inputs: ["numbers": all]))
        builder.table("t.csv", all)
        return builder.graph
    }

    private func skipped(_ outcome: Workshop.Outcome) -> [String] {
        outcome.events.compactMap { event in
            if case .skipped(let name, let cause, _) = event { "\(name.title) by \(cause.title)" } else { nil }
        }
    }

    @Test func whatNeedsItIsSkippedAndTheRestGoesOn() throws {
        let first = try workshop.run(sweep(limit: 3))
        #expect(first.summary.exitStatus == .success)
        #expect(first.written == ["1.txt", "2.txt", "sheet.txt", "t.csv"])
        #expect(try workshop.text("sheet.txt") == "x=1.0: 2.0\nx=2.0: 4.0\nx=3.0: \n")
        #expect(try workshop.text("t.csv") == "x,value\r\n1.0,2\r\n2.0,4\r\n3.0,\r\n")
        #expect(skipped(first) == ["twice[x=3.0] by face[x=3.0]"])
        #expect((first.summary.skipped, first.summary.notRun) == (1, 0))
        #expect(first.summary.expectations.count == 2)
        let warning = "`face[x=3.0]`: the number is too large; what rests on it is skipped"
        #expect(warnings(first) == [warning])

        // It is kept as any result is, and said again.
        let again = try workshop.run(sweep(limit: 3))
        #expect(again.ran == [] && again.summary.skipped == 1 && warnings(again) == [warning])
        #expect(again.unchanged == ["1.txt", "2.txt", "sheet.txt", "t.csv"])
        #expect(
            try workshop.planTable(sweep(limit: 3)).contains(
                "twice      3       2    0  skipped: face: the number is too large"
            )
        )
    }

    private func warnings(_ outcome: Workshop.Outcome) -> [String] {
        outcome.events.compactMap { if case .nodeWarning(let warning) = $0 { warning.message } else { nil } }
    }

    /// The sheet with a blank has a key of its own.
    @Test func theWholeSheetIsMadeOnceThereIsEverything() throws {
        _ = try workshop.run(sweep(limit: 3))
        let whole = try workshop.run(sweep(limit: 4))
        #expect(whole.ran == ["face[x=1.0]", "face[x=2.0]", "face[x=3.0]", "twice[x=3.0]", "sheet"])
        #expect(try workshop.text("sheet.txt") == "x=1.0: 2.0\nx=2.0: 4.0\nx=3.0: 6.0\n")
        let blank = try workshop.run(sweep(limit: 3))
        #expect(blank.ran == [])
        #expect(try workshop.text("sheet.txt") == "x=1.0: 2.0\nx=2.0: 4.0\nx=3.0: \n")
    }

    @Test func whereNothingIsLeftSheetAndTableAreSkipped() throws {
        let outcome = try workshop.run(sweep(limit: 0))
        #expect(outcome.summary.exitStatus == .success)
        #expect(outcome.written == [])
        #expect(outcome.summary.skipped == 4)
    }

    @Test(arguments: [1, 4]) func aFailureIsABlankWithKeepGoing(jobs: Int) throws {
        let stopped = try workshop.run(sweep(limit: 100, failing: 2))
        #expect(stopped.written == ["1.txt"])
        let outcome = try workshop.run(sweep(limit: 100, failing: 3)) {
            $0.keepGoing = true
            $0.jobs = jobs
        }
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(try workshop.text("sheet.txt") == "x=1.0: 2.0\nx=2.0: 4.0\nx=3.0: \n")
        #expect(try workshop.text("t.csv") == "x,value\r\n1.0,2\r\n2.0,4\r\n3.0,\r\n")
        #expect(outcome.summary.notRun == 2 && outcome.summary.skipped == 0)

        let mended = try workshop.run(sweep(limit: 100))
        #expect(Set(["twice[x=3.0]", "sheet"]).isSubset(of: mended.ran))
        #expect(try workshop.text("sheet.txt") == "x=1.0: 2.0\nx=2.0: 4.0\nx=3.0: 6.0\n")

        let none = try workshop.run(sweep(limit: 100, failing: 0)) { $0.keepGoing = true }
        #expect(none.summary.notRun == 7)
    }

    /// A file that is not there fails before anything else is known.
    @Test func aReaderThatFailsFirstIsABlank() throws {
        let file = try workshop.folder.write("1", to: "1.txt", age: 60)
        var builder = GraphBuilder()
        let read = [file, workshop.folder("2.txt")].enumerated().map { place, file in
            builder.add("read", "read_number", at: [("x", .integer(Int128(place)))], ["file": .string(file)])
        }
        builder.output("sheet.txt", builder.add("sheet", "table", inputs: ["numbers": read]))
        #expect(try workshop.run(builder.graph).written == [])
        #expect(try workshop.run(builder.graph) { $0.keepGoing = true }.written == ["sheet.txt"])
        #expect(try workshop.text("sheet.txt") == "x=0: 1.0\nx=1: \n")
        #expect(try workshop.run(builder.graph).written == [])
    }

    /// Several photos of one person: those without a face are left out, and the key is that of the others alone.
    @Test func aListDoesWithoutWhatIsAbsent() throws {
        func graph(_ numbers: [Double], limit: Double = 3) -> ExecutionGraph {
            var builder = GraphBuilder()
            let faces = numbers.map { number in
                let start = builder.add("start\(number)", "constant", ["value": .number(number)])
                return builder.add("face\(number)", "forgo", ["limit": .number(limit)], inputs: ["input": [start]])
            }
            builder.output("mean.txt", builder.add("mean", "mean", inputs: ["of": faces]))
            return builder.graph
        }
        _ = try workshop.run(graph([1, 2, 3]))
        #expect(try workshop.text("mean.txt") == "1.5\n")
        #expect(try workshop.run(graph([1, 2])).ran == [])
        let none = try workshop.run(graph([4, 3]))
        #expect(none.summary.skipped == 1 && none.summary.exitStatus == .success)
    }
}
