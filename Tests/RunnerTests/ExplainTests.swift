import EngineTestSupport
import Foundation
import Graph
import Runner
import Testing

/// The whole text of explanations.
@Suite struct ExplainTests {
    let workshop: Workshop
    let file: String
    let model: String

    init() throws {
        workshop = try Workshop()
        file = try workshop.folder.write("5", to: "number.txt", age: 60)
        model = try workshop.folder.write("weights", to: "model.bin", age: 60)
    }

    private func graph(base: Double = 1, factor: Double = 2, text: String = "a cat") -> ExecutionGraph {
        var builder = GraphBuilder()
        let read = builder.add("read", "read_number", ["file": .string(file)])
        let base = builder.add("base", "constant", ["value": .number(base)])
        var sums: [Int] = []
        for x in [1.0, 2.0] {
            let cell = [("x", Value.number(x))]
            let scaled = builder.add(
                "scaled",
                "scale",
                at: cell,
                ["factor": .number(x * factor)],
                inputs: ["input": [read]]
            )
            sums.append(builder.add("sum", "add", at: cell, inputs: ["a": [scaled], "b": [base]]))
        }
        builder.output("list.txt", builder.add("list", "table", inputs: ["numbers": sums]))
        let model = builder.add("model", "load_model", ["path": .string(model)])
        let caption = builder.add("caption", "caption", ["text": .string(text)])
        builder.output("image.pgm", builder.add("image", "paint", inputs: ["model": [model], "caption": [caption]]))
        return builder.graph
    }

    private func explain(_ node: String, cell: String? = nil, in graph: ExecutionGraph) throws -> String {
        let store = try workshop.openStore()
        defer { store.close() }
        return try RecipeRun(
            graph,
            store: store,
            options: workshop.options { $0.only = [node] },
            environment: RunEnvironment(numerics: "toy", version: "1.0")
        ).explain(node, cell: cell)
    }

    @Test func aFirstRun() throws {
        #expect(try explain("base", in: graph()) == "base: will run: it has no result yet\n")
    }

    @Test func nothingChanged() throws {
        _ = try workshop.run(graph())
        #expect(try explain("sum", in: graph()) == "sum (all 2 cells): as in the last run\n")
        #expect(try explain("image", in: graph()) == "image: as in the last run\n")
    }

    @Test func aParameterChanged() throws {
        _ = try workshop.run(graph())
        #expect(
            try explain("scaled", in: graph(factor: 3)) == """
                scaled[x=1.0]: will run: it changed since the last run
                  factor: 2.0 -> 3.0
                scaled[x=2.0]: will run: it changed since the last run
                  factor: 4.0 -> 6.0

                """
        )
    }

    @Test func aChangeIsFollowedToItsCause() throws {
        _ = try workshop.run(graph())
        #expect(
            try explain("list", in: graph(base: 3)) == """
                list: will run if what it reads comes out different
                  sum[x=1.0]: will run if what it reads comes out different
                    base: will run: it changed since the last run
                      value: 1.0 -> 3.0
                  sum[x=2.0]: will run if what it reads comes out different
                    base: see above

                """
        )
    }

    @Test func aFileChanged() throws {
        _ = try workshop.run(graph())
        try workshop.folder.write("6", to: "number.txt", age: 60)
        #expect(
            try explain("scaled", in: graph()) == """
                scaled (all 2 cells): will run: it changed since the last run
                  input input changed
                    read: will run: it changed since the last run
                      file: other content

                """
        )
    }

    @Test func aModelsFileChanged() throws {
        _ = try workshop.run(graph())
        try workshop.folder.write("other weights", to: "model.bin", age: 60)
        #expect(
            try explain("image", in: graph()) == """
                image: will run: it changed since the last run
                  files of model changed

                """
        )
    }

    @Test func textThatHasLinesIsOneLine() throws {
        _ = try workshop.run(graph())
        _ = try workshop.run(graph(text: "two\nlines\\"))
        #expect(
            try explain("caption", in: graph()) == """
                caption: changed since the last run; its result is in the cache already
                  text: two\\nlines\\\\ -> a cat

                """
        )
    }

    @Test func oneCellIsNamedAsElsewhere() throws {
        _ = try workshop.run(graph())
        #expect(
            try explain("scaled", cell: "scaled[x=2.0]", in: graph(factor: 3)) == """
                scaled[x=2.0]: will run: it changed since the last run
                  factor: 4.0 -> 6.0

                """
        )
        let value = #expect(throws: UnknownCells.self) { try explain("scaled", cell: "scaled[x=2]", in: graph()) }
        #expect(value?.description == "the node `scaled` has no cell where `x` is `2`; did you mean `2.0`?")
    }

    @Test func cellsOfWhichTheSameIsSaidAreSaidTogether() throws {
        func graph(factor: Double) -> ExecutionGraph {
            var builder = GraphBuilder()
            for x in 1...6 {
                let cell = [("x", Value.integer(Int128(x)))]
                let start = builder.add("start", "constant", at: cell, ["value": .number(Double(x))])
                let factor = Value.number(x == 6 ? 1 : factor)
                let scaled = builder.add("scaled", "scale", at: cell, ["factor": factor], inputs: ["input": [start]])
                builder.output("\(x).txt", builder.add("shifted", "shift", at: cell, inputs: ["input": [scaled]]))
            }
            return builder.graph
        }
        _ = try workshop.run(graph(factor: 1))
        #expect(
            try explain("shifted", in: graph(factor: 2.5)) == """
                shifted[x=1], shifted[x=2], shifted[x=3] and 2 more: will run if what it reads comes out different
                  scaled: will run: it changed since the last run
                    factor: 1.0 -> 2.5
                shifted[x=6]: as in the last run

                """
        )
    }

    @Test func anUnknownNode() throws {
        #expect(throws: UnknownNode(name: "scald", nearest: "scaled")) { try explain("scald", in: graph()) }
        // A kind that nodes of other names have.
        let kind = #expect(throws: UnknownNode.self) { try explain("scale", in: graph()) }
        #expect(kind?.description == "the recipe has no node `scale`; of that kind there is `scaled`")
    }

    /// Reasons are decided once: a run tells those that the plan has shown.
    @Test func aRunGivesTheReasonsOfThePlan() throws {
        func graph(_ factor: Double) -> ExecutionGraph {
            var builder = GraphBuilder()
            let start = builder.add("start", "constant", ["value": .number(3)])
            let scaled = builder.add("scaled", "scale", ["factor": .number(factor)], inputs: ["input": [start]])
            builder.output("scaled.txt", builder.add("again", "scale", inputs: ["input": [scaled]]))
            return builder.graph
        }
        func reasons(_ graph: ExecutionGraph, _ change: (inout RunOptions) -> Void = { _ in }) throws -> [String] {
            let outcome = try workshop.run(graph) { options in
                options.givesReasons = true
                change(&options)
            }
            return outcome.events.compactMap { event in
                if case .started(let name, let reason, _) = event { "\(name.title): \(reason ?? "")" } else { nil }
            }
        }
        #expect(try reasons(graph(2)) == ["start: new", "scaled: new", "again: new"])
        let plan = try workshop.plan(graph(5))
        #expect(plan.steps.compactMap { $0.reason?.summary(in: graph(5)) } == ["factor: 2.0 -> 5.0", "scaled runs"])
        #expect(try reasons(graph(5)) == ["scaled: factor: 2.0 -> 5.0", "again: input input changed"])
        #expect(try reasons(graph(5)) == [])
        #expect(try reasons(graph(5), { $0.force = ["start"] }) == ["start: forced"])
    }
}
