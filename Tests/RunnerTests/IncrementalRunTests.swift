import EngineTestSupport
import Foundation
import Graph
import Runner
import Synchronization
import Testing

/// What runs again, and what does not, after each kind of edit.
@Suite struct IncrementalRunTests {
    /// A number file and a constant, a sweep over factors, a sum at each cell, and a table over the sweep.
    struct Sweep {
        var file: String
        var constant = 10.0
        var factors = [1.0, 2.0, 3.0]
        var names = (read: "read", scale: "scale", sum: "sum", table: "table")

        var graph: ExecutionGraph {
            var builder = GraphBuilder()
            let read = builder.add(names.read, "read_number", ["file": .string(file)])
            let base = builder.add("base", "constant", ["value": .number(constant)])
            var sums: [Int] = []
            for factor in factors {
                let cell = [("factor", Value.number(factor))]
                let scaled = builder.add(
                    names.scale,
                    "scale",
                    at: cell,
                    ["factor": .number(factor)],
                    inputs: ["input": [read]]
                )
                sums.append(builder.add(names.sum, "add", at: cell, inputs: ["a": [scaled], "b": [base]]))
                builder.output("sum-\(factor).txt", sums[sums.count - 1])
            }
            let table = builder.add(names.table, "table", inputs: ["numbers": sums])
            builder.output("table.txt", table)
            builder.table("sums.csv", sums)
            builder.expect(sums[0], "value", .greaterOrEqual, 0)
            return builder.graph
        }
    }

    let workshop: Workshop
    var sweep: Sweep

    init() throws {
        workshop = try Workshop()
        sweep = Sweep(file: try workshop.folder.write("5", to: "number.txt", age: 60))
    }

    @Test func firstRunExecutesEverythingOnce() throws {
        let outcome = try workshop.run(sweep.graph)
        #expect(
            outcome.ran.sorted() == [
                "base", "read", "scale[factor=1.0]", "scale[factor=2.0]", "scale[factor=3.0]", "sum[factor=1.0]",
                "sum[factor=2.0]", "sum[factor=3.0]", "table",
            ]
        )
        #expect(outcome.summary.exitStatus == .success)
        #expect(try workshop.text("sum-3.0.txt") == "25.0\n")
        #expect(try workshop.text("table.txt") == "factor=1.0: 15.0\nfactor=2.0: 20.0\nfactor=3.0: 25.0\n")
        #expect(try workshop.text("sums.csv") == "factor,value\r\n1.0,15\r\n2.0,20\r\n3.0,25\r\n")
        #expect(outcome.warnings == [])
    }

    @Test func aCellIsFinishedBeforeTheNextIsBegun() throws {
        let ran = try workshop.run(sweep.graph).ran.filter { $0.hasPrefix("s") }
        #expect(
            ran == [
                "scale[factor=1.0]", "sum[factor=1.0]", "scale[factor=2.0]", "sum[factor=2.0]", "scale[factor=3.0]",
                "sum[factor=3.0]",
            ]
        )
    }

    /// What measures a result comes before the next result, so that a sweep that is stopped has both.
    @Test func aResultIsMeasuredBeforeTheNextIsBegun() throws {
        var builder = GraphBuilder()
        var pictures: [Int] = []
        for x in 1...3 {
            let cell = [("x", Value.integer(Int128(x)))]
            pictures.append(builder.add("picture", "constant", at: cell, ["value": .number(Double(x))]))
            builder.output("\(x).txt", pictures[x - 1])
        }
        let scores = (1...3).map { x in
            builder.add("score", "scale", at: [("x", .integer(Int128(x)))], inputs: ["input": [pictures[x - 1]]])
        }
        builder.table("scores.csv", scores)
        builder.output("sheet.txt", builder.add("sheet", "table", inputs: ["numbers": pictures]))
        #expect(
            try workshop.run(builder.graph).ran == [
                "picture[x=1]", "score[x=1]", "picture[x=2]", "score[x=2]", "picture[x=3]", "score[x=3]", "sheet",
            ]
        )
    }

    @Test func secondRunExecutesNothingAndTouchesNothing() throws {
        _ = try workshop.run(sweep.graph)
        let before = try modificationTimes()
        #expect(try workshop.planTable(sweep.graph).hasSuffix("\n9 nodes cached, 0 to run"))
        let outcome = try workshop.run(sweep.graph)
        #expect(outcome.ran == [])
        #expect(outcome.summary.cached == 9)
        #expect(outcome.written == [])
        #expect(outcome.unchanged == ["sum-1.0.txt", "sum-2.0.txt", "sum-3.0.txt", "sums.csv", "table.txt"])
        #expect(try modificationTimes() == before)
        #expect(outcome.summary.expectations.map(\.isMet) == [true])
    }

    @Test func aChangedParameterRunsWhatDependsOnIt() throws {
        _ = try workshop.run(sweep.graph)
        var edited = sweep
        edited.factors[1] = 4
        #expect(try workshop.plan(edited.graph).running == ["scale[factor=4.0]", "sum[factor=4.0]", "table"])
        let outcome = try workshop.run(edited.graph)
        #expect(outcome.ran == ["scale[factor=4.0]", "sum[factor=4.0]", "table"])
        #expect(outcome.written == ["sum-4.0.txt", "sums.csv", "table.txt"])
    }

    @Test func goingBackRunsNothing() throws {
        _ = try workshop.run(sweep.graph)
        var edited = sweep
        edited.constant = 11
        #expect(try workshop.run(edited.graph).ran.count == 5)
        let back = try workshop.run(sweep.graph)
        #expect(back.ran == [])
        #expect(try workshop.text("sum-3.0.txt") == "25.0\n")
    }

    @Test func touchingAFileRunsNothing() throws {
        _ = try workshop.run(sweep.graph)
        try workshop.folder.write("5", to: "number.txt", age: 30)
        #expect(try workshop.plan(sweep.graph).running == [])
        #expect(try workshop.run(sweep.graph).ran == [])
    }

    @Test func aFileSavedAnewWithTheSameContentRunsItsReaderOnly() throws {
        _ = try workshop.run(sweep.graph)
        try workshop.folder.write("5.0\n", to: "number.txt", age: 30)
        #expect(
            try workshop.planTable(sweep.graph) == """
                node   cells  cached  run  why
                read       1       0    1  file: other content
                base       1       1    0
                scale      3       3    0
                sum        3       3    0
                table      1       1    0
                8 nodes cached, 1 to run
                """
        )
        let outcome = try workshop.run(sweep.graph)
        #expect(outcome.ran == ["read"])
        #expect(outcome.written == [])
        #expect(try workshop.run(sweep.graph).ran == [])
    }

    @Test func aChangedFileRunsWhatReadsIt() throws {
        _ = try workshop.run(sweep.graph)
        try workshop.folder.write("6", to: "number.txt", age: 30)
        let plan = try workshop.plan(sweep.graph).running
        let outcome = try workshop.run(sweep.graph)
        #expect(outcome.ran.sorted() == plan.sorted())
        #expect(plan.count == 8)
        #expect(try workshop.text("sum-3.0.txt") == "28.0\n")
    }

    @Test func renamingNodesAndReorderingRunsNothing() throws {
        _ = try workshop.run(sweep.graph)
        var edited = sweep
        edited.names = ("input", "stretched", "total", "list")
        #expect(try workshop.plan(edited.graph).running == [])
        #expect(try workshop.run(edited.graph).ran == [])
        edited.factors = [3, 1, 2]
        // The order of the sweep is what the table shows, so it alone is another.
        #expect(try workshop.run(edited.graph).ran == ["list"])
    }

    @Test func otherNumericsHaveKeysOfTheirOwn() throws {
        _ = try workshop.run(sweep.graph)
        #expect(try workshop.plan(sweep.graph, numerics: "other").running.count == 9)
    }

    /// Another precision runs the nodes again that it matters to, and no others.
    @Test func precisionIsInTheKeysOfThoseThatUseIt() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(1)])
        let alone = builder.add("alone", "shift", inputs: ["input": [start]])
        let sum = builder.add("sum", "shift", inputs: ["input": [start], "by": [alone]])
        builder.output("sum.txt", sum)
        let graph = builder.graph
        _ = try workshop.run(graph)
        #expect(try workshop.plan(graph, precision: "plain sums").running == ["sum"])
        #expect(try workshop.run(graph, precision: "plain sums").ran == ["sum"])
        #expect(try workshop.plan(graph).running == [])
        #expect(try workshop.plan(graph, precision: "plain sums").running == [])
        #expect(try workshop.plan(graph, precision: "other").running == ["sum"])
    }

    /// Nodes that do not say that a precision matters to them never see one.
    @Test func precisionReachesThoseThatUseIt() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(1)])
        let alone = builder.add("alone", "shift", inputs: ["input": [start]])
        builder.output("sum.txt", builder.add("sum", "shift", inputs: ["input": [start], "by": [alone]]))
        let told = Mutex<[Bool]>([])
        let environment = RunEnvironment(
            numerics: "toy",
            precision: "plain sums",
            version: "1.0",
            scope: { uses, work in
                told.withLock { $0.append(uses) }
                return try work()
            }
        )
        let store = try workshop.openStore()
        defer { store.close() }
        let options = workshop.options()
        _ = try RecipeRun(builder.graph, store: store, options: options, environment: environment).run()
        #expect(told.withLock { $0 } == [false, false, true])
    }

    @Test func earlyCutoffStopsAtAnUnchangedValue() throws {
        func graph(_ number: Double) -> ExecutionGraph {
            var builder = GraphBuilder()
            let start = builder.add("start", "constant", ["value": .number(number)])
            let rounded = builder.add(
                "rounded",
                "scale",
                ["factor": .number(1), "rounding": .string("down")],
                inputs: ["input": [start]]
            )
            let twice = builder.add("twice", "scale", inputs: ["input": [rounded]])
            builder.output("twice.txt", twice)
            return builder.graph
        }
        _ = try workshop.run(graph(1.25))
        // The plan cannot know that rounding gives the same.
        #expect(try workshop.plan(graph(1.5)).running == ["start", "rounded", "twice"])
        let outcome = try workshop.run(graph(1.5))
        #expect(outcome.ran == ["start", "rounded"])
        #expect(outcome.summary.cached == 1)
        #expect(outcome.written == [])
    }

    @Test func forceRunsANodeAndWhatChangesAfterIt() throws {
        _ = try workshop.run(sweep.graph)
        #expect(try workshop.plan(sweep.graph) { $0.force = ["base"] }.running.first == "base")
        #expect(try workshop.run(sweep.graph) { $0.force = ["base"] }.ran == ["base"])
    }

    @Test func onlyRunsWhatANodeNeeds() throws {
        let outcome = try workshop.run(sweep.graph) { $0.only = ["scale"] }
        #expect(outcome.ran.sorted() == ["read", "scale[factor=1.0]", "scale[factor=2.0]", "scale[factor=3.0]"])
        #expect(outcome.summary.outputs.isEmpty)
        #expect(throws: UnknownNode(name: "scal", nearest: "scale")) {
            try workshop.run(sweep.graph) { $0.only = ["scal"] }
        }
        // A kind, and a cell: nodes are named.
        for (name, advice) in [
            ("read_number", "; of that kind there is `read`"), ("nothing", ""), ("nothing[factor=1.0]", ""),
            (
                "scale[factor=1.0]",
                "; nodes are named as a whole here: `--set 'factor=1.0'` leaves this cell of all that has that axis"
            ),
        ] {
            let error = #expect(throws: UnknownNode.self) { try workshop.run(sweep.graph) { $0.only = [name] } }
            #expect(error?.description == "the recipe has no node `\(name)`\(advice)")
        }
    }

    @Test func whatNoOutputNeedsIsNotRun() throws {
        var builder = GraphBuilder()
        let a = builder.add("a", "constant", ["value": .number(1)])
        builder.add("unused", "scale", inputs: ["input": [a]])
        builder.output("a.txt", a)
        #expect(try workshop.run(builder.graph).ran == ["a"])
    }

    @Test func anOutputThatWasChangedOrRemovedIsWrittenAgainWithoutRunning() throws {
        _ = try workshop.run(sweep.graph)
        try workshop.folder.write("tampered", to: "out/table.txt")
        try FileManager.default.removeItem(atPath: workshop.folder("out/sum-1.0.txt"))
        let outcome = try workshop.run(sweep.graph)
        #expect(outcome.ran == [])
        #expect(outcome.written == ["sum-1.0.txt", "table.txt"])
        #expect(try workshop.text("sum-1.0.txt") == "15.0\n")
    }

    /// As many reasons as there are cells are counted and named in no time.
    @Test func aPlanOfManyReasons() throws {
        var builder = GraphBuilder()
        let folder = workshop.folder(String(repeating: "missing/", count: 8))
        let readers = (0..<80_000).map { number in
            builder.add(
                "read",
                "read_number",
                at: [("x", .integer(Int128(number)))],
                ["file": .string("\(folder)\(number).txt")]
            )
        }
        builder.output("list.txt", builder.add("list", "table", inputs: ["numbers": readers]))
        let (graph, plan) = (builder.graph, try workshop.plan(builder.graph))
        var text = ""
        let time = ContinuousClock().measure { text = PlanTable(plan, of: graph).description }
        #expect(text.contains("(and 79999 other reasons: -v)"))
        #expect(time < .seconds(8), "\(time)")
    }

    @Test func equalNodesRunOnce() throws {
        var builder = GraphBuilder()
        let a = builder.add("a", "constant", ["value": .number(1)])
        let b = builder.add("b", "constant", ["value": .number(1)])
        let sum = builder.add("sum", "add", inputs: ["a": [a], "b": [b]])
        builder.output("a.txt", a)
        builder.output("b.txt", b)
        builder.output("sum.txt", sum)
        #expect(try workshop.plan(builder.graph).running == ["a", "sum"])
        let outcome = try workshop.run(builder.graph)
        #expect(outcome.ran == ["a", "sum"])
        #expect(try workshop.text("b.txt") == "1.0\n")
        #expect(try workshop.text("sum.txt") == "2.0\n")
    }

    @Test func aModelThatMovedIsTheSameModel() throws {
        func graph(_ model: String) -> ExecutionGraph {
            var builder = GraphBuilder()
            let model = builder.add("model", "load_model", ["path": .string(model)])
            let caption = builder.add("caption", "caption", ["text": .string("a cat")])
            let image = builder.add("image", "paint", inputs: ["model": [model], "caption": [caption]])
            builder.output("image.pgm", image)
            return builder.graph
        }
        let old = try workshop.folder.write("weights", to: "old.bin", age: 60)
        let new = try workshop.folder.write("weights", to: "new.bin", age: 60)
        #expect(try workshop.run(graph(old)).ran == ["caption", "image"])
        #expect(try workshop.run(graph(new)).ran == [])
        try workshop.folder.write("other weights", to: "new.bin", age: 60)
        #expect(try workshop.run(graph(new)).ran == ["image"])
    }

    private func modificationTimes() throws -> [String: Date] {
        try workshop.folder.files(under: "out").reduce(into: [:]) { times, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: workshop.folder("out/" + name))
            times[name] = attributes[.modificationDate] as? Date
        }
    }
}
