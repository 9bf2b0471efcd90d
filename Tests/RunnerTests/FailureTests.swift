import EngineTestSupport
import Foundation
import Graph
import Recipes
import Runner
import Store
import Synchronization
import Testing

/// What is kept, what goes on and what is said when a node fails or the user stops the run.
@Suite struct FailureTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// Three cells, of which the middle one fails, and a mean of all.
    private func failing(limit: Double = 2) -> ExecutionGraph {
        var builder = GraphBuilder()
        var all: [Int] = []
        for number in [1.0, 2.0, 3.0] {
            let cell = [("x", Value.number(number))]
            let start = builder.add("start", "constant", at: cell, ["value": .number(number)])
            let limited = number == 2 ? limit : 100
            let checked = builder.add(
                "checked",
                "fail",
                at: cell,
                ["limit": .number(limited)],
                inputs: ["input": [start]]
            )
            all.append(builder.add("twice", "scale", at: cell, inputs: ["input": [checked]]))
            builder.output("\(Int(number)).txt", all[all.count - 1])
        }
        let mean = builder.add("mean", "mean", inputs: ["of": all])
        builder.output("mean.txt", mean)
        builder.expect(mean, "value", .greater, 0)
        return builder.graph
    }

    @Test func aFailureStopsTheRunAndKeepsWhatIsFinished() throws {
        let outcome = try workshop.run(failing())
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(
            outcome.summary.failures.map(\.diagnostic) == [
                Diagnostic(
                    .error,
                    "`checked[x=2.0]` failed: the number is too large: 2.0",
                    at: SourceLocation(file: "test.yaml", line: 5, column: 3)
                )
            ]
        )
        #expect(outcome.ran == ["start[x=1.0]", "checked[x=1.0]", "twice[x=1.0]", "start[x=2.0]"])
        #expect(outcome.written == ["1.txt"])
        #expect(outcome.summary.notRun == 5)

        let again = try workshop.run(failing(limit: 3))
        #expect(again.summary.cached == 4)
        #expect(again.summary.exitStatus == .success)
    }

    @Test func keepGoingRunsWhatDoesNotDependOnTheFailure() throws {
        let outcome = try workshop.run(failing()) { $0.keepGoing = true }
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(outcome.written == ["1.txt", "3.txt"])
        #expect(outcome.summary.failures.map(\.title) == ["checked[x=2.0]"])
        #expect(outcome.summary.notRun == 2)
        #expect(outcome.summary.expectations.isEmpty)
    }

    /// One bad photo costs its row, not the table of all; mended, the row is there and nothing else runs.
    @Test func keepGoingLeavesTheRowOfAFailureEmpty() throws {
        func graph(limit: Double) -> ExecutionGraph {
            var builder = GraphBuilder()
            let rows = [1.0, 2.0, 3.0].map { number in
                let cell = [("x", Value.number(number))]
                let start = builder.add("start", "constant", at: cell, ["value": .number(number)])
                let limit = number == 2 ? limit : 100
                return builder.add("checked", "fail", at: cell, ["limit": .number(limit)], inputs: ["input": [start]])
            }
            builder.table("t.csv", rows)
            return builder.graph
        }
        #expect(try workshop.run(graph(limit: 2)).written == [])
        let outcome = try workshop.run(graph(limit: 2)) { $0.keepGoing = true }
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(try workshop.text("t.csv") == "x,value\r\n1.0,1\r\n2.0,\r\n3.0,3\r\n")
        #expect(try workshop.run(graph(limit: 2)) { $0.keepGoing = true }.unchanged == ["t.csv"])

        let mended = try workshop.run(graph(limit: 3))
        #expect(mended.ran == ["checked[x=2.0]"])
        #expect(try workshop.text("t.csv") == "x,value\r\n1.0,1\r\n2.0,2\r\n3.0,3\r\n")

        let none = try workshop.run(graph(limit: 3)) {
            $0.keepGoing = true
            $0.out = "elsewhere"
        }
        #expect(none.summary.exitStatus == .success)
    }

    @Test func aReaderThatFailsIsReportedByPlanAndRun() throws {
        let file = try workshop.folder.write("no number", to: "number.txt", age: 60)
        var builder = GraphBuilder()
        let read = builder.add("read", "read_number", ["file": .string(file)])
        let twice = builder.add("twice", "scale", inputs: ["input": [read]])
        builder.output("twice.txt", twice)
        #expect(
            try workshop.planTable(builder.graph) == """
                node   cells  cached  run  why
                read       1       0    0  fails: \(file) does not hold a number
                twice      1       0    0  cannot run: read fails
                0 nodes cached, 0 to run, 1 fails, 1 cannot run
                """
        )
        #expect(try workshop.run(builder.graph).summary.failures.map(\.title) == ["read"])
        try FileManager.default.removeItem(atPath: file)
        let gone = try workshop.run(builder.graph)
        #expect(gone.summary.failures.map(\.reason) == ["\(file) cannot be read: No such file or directory"])
        #expect(gone.summary.exitStatus == .nodeFailed)
    }

    /// What cannot run is not counted as to run, and the gravest reason is the one that is shown.
    @Test func aPlanCountsWhatCannotRun() throws {
        func graph(_ second: String) throws -> ExecutionGraph {
            var builder = GraphBuilder()
            var all: [Int] = []
            for (x, content) in [(1, "5"), (2, second), (3, "7")] {
                let cell = [("x", Value.integer(Int128(x)))]
                let file = try workshop.folder.write(content, to: "\(x).txt", age: 60)
                let read = builder.add("read", "read_number", at: cell, ["file": .string(file)])
                let small = builder.add("small", "forgo", at: cell, ["limit": .number(6)], inputs: ["input": [read]])
                all.append(builder.add("twice", "scale", at: cell, inputs: ["input": [small]]))
            }
            builder.output("list.txt", builder.add("list", "table", inputs: ["numbers": all]))
            return builder.graph
        }
        _ = try workshop.run(graph("5"))
        let bad = try graph("none")
        let text = try workshop.planTable(bad)
        let file = workshop.folder("2.txt")
        #expect(
            text == """
                node   cells  cached  run  why
                read       3       2    0  fails: \(file) does not hold a number
                small      3       2    0  cannot run: read fails
                twice      3       1    0  cannot run: read fails (and 1 other reason: -v)
                list       1       0    0  cannot run: read fails
                5 nodes cached, 0 to run, 1 fails, 3 cannot run, 1 skipped
                """
        )
        let reasons = PlanTable(try workshop.plan(bad), of: bad, allReasons: true).description.split(separator: "\n")
        #expect(reasons[3].hasSuffix("  cannot run: read fails (1 cell)"), "\(reasons)")
        #expect(reasons[4].hasSuffix("  skipped: small: the number is too large (1 cell)"), "\(reasons)")
        #expect(
            try workshop.planTable(bad) { $0.keepGoing = true }.hasSuffix(
                "5 nodes cached, 1 to run, 1 fails, 2 cannot run, 1 skipped"
            )
        )
        let line = PlanJSON(try workshop.plan(bad), of: bad).text.split(separator: "\n").last
        #expect(line == #"{"blocked": 3, "cached": 5, "event": "plan", "failed": 1, "skipped": 1, "to_run": 0}"#)
    }

    @Test func expectationsNameTheCellAndTheMeasuredValue() throws {
        var builder = GraphBuilder()
        let value = builder.add("score", "constant", at: [("seed", .integer(7))], ["value": .number(0.25)])
        builder.expect(value, "value", .greaterOrEqual, 0.5)
        builder.expect(value, "value", .less, 0.5)
        builder.expect(value, "missing", .less, 0.5)
        let outcome = try workshop.run(builder.graph)
        #expect(outcome.summary.exitStatus == .expectationFailed)
        #expect(
            outcome.summary.expectations.filter { !$0.isMet }.map(\.diagnostic.message) == [
                "expected `$score.value >= 0.5` at seed=7, but it is 0.25",
                "expected `$score.missing < 0.5` at seed=7, but it was not measured",
            ]
        )
        #expect(outcome.summary.expectations[0].diagnostic.location.line == 200)
    }

    @Test func stoppingKeepsFinishedNodesAndGoesOnFromThere() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(4)])
        let slow = builder.add("slow", "sleep", ["seconds": .number(30)], inputs: ["input": [start]])
        builder.output("slow.txt", slow)
        let cancellation = Cancellation()
        let begin = ContinuousClock.now
        let outcome = try workshop.run(builder.graph, cancellation: cancellation, { _ in }) { event in
            if case .progress = event { cancellation.request() }
        }
        #expect(ContinuousClock.now - begin < .seconds(15))
        #expect(outcome.summary.isInterrupted)
        #expect(outcome.summary.exitStatus == .interrupted)
        #expect(outcome.ran == ["start"])
        #expect(try workshop.plan(builder.graph).running == ["slow"])
        #expect(!FileManager.default.fileExists(atPath: workshop.folder("out")))
    }

    @Test func aLongNodeGoesOnFromWhatItKept() throws {
        var builder = GraphBuilder()
        let top = builder.add("top", "climb", ["goal": .integer(10), "attempt": .integer(4)])
        builder.output("top.txt", top)
        let work = CacheFolder(workshop.folder("cache")).work
        for height in [4, 8] {
            let outcome = try workshop.run(builder.graph)
            #expect(outcome.summary.failures.map(\.reason) == ["tired at \(height)"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: work).count == 1)
        }
        let outcome = try workshop.run(builder.graph)
        #expect(outcome.ran == ["top"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: work) == [])
        let notes = outcome.events.compactMap { if case .progress(_, 10, 10, let note) = $0 { note } else { nil } }
        #expect(notes == ["height 10"])
        // Other inputs begin at the bottom, and where nothing can be kept so does every attempt.
        var other = GraphBuilder()
        other.output("top.txt", other.add("top", "climb", ["goal": .integer(11), "attempt": .integer(4)]))
        for _ in 0..<2 {
            #expect(try workshop.run(other.graph, access: .readOnly).summary.failures.map(\.reason) == ["tired at 4"])
        }
    }

    @Test func jobsRunSideBySideWithTheSameResults() throws {
        var builder = GraphBuilder()
        for number in 1...4 {
            let start = builder.add(
                "start",
                "constant",
                at: [("x", .integer(Int128(number)))],
                ["value": .number(Double(number))]
            )
            let slow = builder.add(
                "slow",
                "sleep",
                at: [("x", .integer(Int128(number)))],
                ["seconds": .number(0.2)],
                inputs: ["input": [start]]
            )
            builder.output("\(number).txt", slow)
        }
        let outcome = try workshop.run(builder.graph) { $0.jobs = 4 }
        var (running, most) = (0, 0)
        for event in outcome.events {
            if case .started = event { running += 1 }
            if case .finished = event { running -= 1 }
            most = max(most, running)
        }
        #expect(most > 1)
        #expect(outcome.summary.ran == 8)
        #expect(try (1...4).map { try workshop.text("\($0).txt") } == ["1.0\n", "2.0\n", "3.0\n", "4.0\n"])
    }

    @Test func aFailureWithJobsLeavesNothingHanging() throws {
        let outcome = try workshop.run(failing()) {
            $0.jobs = 3
            $0.keepGoing = true
        }
        #expect(outcome.written == ["1.txt", "3.txt"])
        #expect(outcome.summary.failures.count == 1)
    }
}
