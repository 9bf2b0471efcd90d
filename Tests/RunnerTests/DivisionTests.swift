import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Testing

/// How a recipe's work is divided among shards, and that any order of them comes to what one machine makes.
@Suite struct DivisionTests {
    /// Two models with a sweep of people, captions and seeds each, a score of each picture, and a table of all.
    private func sweep(_ workshop: Workshop, people: Int = 3, seeds: Int = 4) throws -> ExecutionGraph {
        var builder = GraphBuilder()
        var scores: [Int] = []
        for name in ["one", "two"] {
            let file = workshop.folder("\(name).bin")
            if !FileManager.default.fileExists(atPath: file) { try workshop.folder.write(name, to: "\(name).bin") }
            let model = builder.add("model", "load_model", at: [("m", .string(name))], ["path": .string(file)])
            for person in 1...people {
                let cell = [("m", Value.string(name)), ("person", .integer(Int128(person)))]
                let caption = builder.add("caption", "caption", at: cell, ["text": .string("\(name) \(person)")])
                for seed in 1...seeds {
                    let cell = cell + [("seed", .integer(Int128(seed)))]
                    let inputs = ["model": [model], "caption": [caption]]
                    let image = builder.add(
                        "image",
                        "paint",
                        at: cell,
                        ["seed": .integer(Int128(seed))],
                        inputs: inputs
                    )
                    builder.output("\(name)-\(person)-\(seed).pgm", image)
                    scores.append(builder.add("score", "compare", at: cell, inputs: ["image": [image]]))
                }
            }
        }
        builder.table("scores.csv", scores)
        return builder.graph
    }

    private func division(
        _ workshop: Workshop,
        _ graph: ExecutionGraph,
        into count: Int
    ) throws -> (fixed: Division, missing: Division) {
        let store = try workshop.openStore()
        defer { store.close() }
        let environment = RunEnvironment(numerics: "toy", version: "1.0")
        let run = try RecipeRun(graph, store: store, options: workshop.options(), environment: environment)
        let plan = run.plan()
        return (run.fixedDivision(for: plan, into: count), run.division(of: plan, into: count))
    }

    private func shard(_ number: Int, _ count: Int, of file: DivisionFile? = nil) -> ShardOfRun? {
        Shard(number: number, count: count).map { ShardOfRun($0, of: file) }
    }

    @Test(arguments: [[1, 2, 3, 4], [4, 2, 2, 1, 3], [3, 0, 4, 1, 2]])
    func shardsInAnyOrderComeToWhatOneRunMakes(order: [Int]) throws {
        let alone = try Workshop()
        let graph = try sweep(alone)
        let whole = try alone.run(graph)
        #expect(whole.summary.ran == 54)

        let workshop = try Workshop()
        let same = try sweep(workshop)
        var ran: [String] = []
        for number in order {
            let outcome = try workshop.run(same) { options in options.shard = shard(number, 4) }
            #expect(outcome.summary.exitStatus == .success)
            #expect(outcome.summary.outputs.isEmpty)
            ran += outcome.ran
        }
        #expect(!FileManager.default.fileExists(atPath: workshop.folder("out")))
        #expect(ran.count == Set(ran).count)
        #expect(Set(ran) == Set(whole.ran))
        let last = try workshop.run(same)
        #expect(last.ran == [])
        #expect(last.summary.written == 25)
        for file in try alone.folder.files().filter({ $0.hasPrefix("out/") }) {
            #expect(try workshop.folder.bytes(of: file) == alone.folder.bytes(of: file))
        }
    }

    @Test func whatIsDoneDoesNotMoveTheCuts() throws {
        let workshop = try Workshop()
        let graph = try sweep(workshop)
        let before = try division(workshop, graph, into: 3).fixed
        for number in [2, 1] { _ = try workshop.run(graph) { $0.shard = shard(number, 3) } }
        let after = try division(workshop, graph, into: 3).fixed
        #expect(before.shards.map(\.targets) == after.shards.map(\.targets))
        #expect(before.shards.map(\.nodes) == [18, 18, 18])
        #expect(after.shards.map(\.nodes) == [0, 0, 18])
    }

    @Test func aModelIsLoadedByAsFewShardsAsCanBe() throws {
        let workshop = try Workshop()
        let graph = try sweep(workshop)
        for count in [2, 4, 6] {
            let division = try division(workshop, graph, into: count).fixed
            for part in division.shards {
                let models = Set(part.targets.map { graph.instances[$0].cell["m"] })
                #expect(models.count == 1)
            }
        }
    }

    /// What several people's pictures rest on is no work for each of their shards.
    @Test func whatManyRestOnIsAPartOfItsOwn() throws {
        var builder = GraphBuilder()
        let base = builder.add("base", "constant", ["value": .number(1)])
        let shared = builder.add("shared", "sleep", inputs: ["input": [base]])
        for x in 1...9 {
            let cell = [("x", Value.integer(Int128(x)))]
            let scaled = builder.add(
                "scaled",
                "scale",
                at: cell,
                ["factor": .number(Double(x))],
                inputs: ["input": [shared]]
            )
            builder.output("\(x).txt", scaled)
        }
        let workshop = try Workshop()
        let parts = try division(workshop, builder.graph, into: 3).missing
        #expect(parts.shared.targets == [shared])
        #expect(parts.shared.nodes == 2)
        #expect(parts.shards.map(\.nodes) == [3, 3, 3])
        _ = try workshop.run(builder.graph) { $0.shard = shard(0, 3) }
        let left = try division(workshop, builder.graph, into: 3).missing
        #expect(left.shared.targets == [])
        #expect(left.shards.map(\.nodes) == [3, 3, 3])
    }

    /// A mean over a few that much rests on belongs to the shards; a table of all, and what follows from it, to none.
    @Test func whatGathersASweepIsLeftToTheEnd() throws {
        var builder = GraphBuilder()
        let photos = (1...3).map { x in
            builder.add("photo", "constant", at: [("x", .integer(Int128(x)))], ["value": .number(Double(x))])
        }
        let weights = (1...2).map { x in
            builder.add(
                "weight",
                "weigh",
                at: [("w", .integer(Int128(x)))],
                ["scale": .string("division"), "number": .integer(Int128(x))]
            )
        }
        let early = builder.add("early", "weigh_all", inputs: ["weights": weights])
        var numbers: [Int] = []
        for y in 1...8 {
            let cell = [("y", Value.integer(Int128(y)))]
            let sum = builder.add("sum", "add", at: cell, inputs: ["a": [early], "b": [photos[y % 3]]])
            numbers.append(
                builder.add("number", "scale", at: cell, ["factor": .number(Double(y))], inputs: ["input": [sum]])
            )
        }
        let table = builder.add("table", "table", inputs: ["numbers": numbers])
        builder.output("table.txt", table)
        let graph = builder.graph
        let workshop = try Workshop()
        let parts = try division(workshop, graph, into: 2).missing
        #expect(parts.rest.targets == [table])
        #expect(parts.shards.flatMap(\.targets).sorted() == numbers)
        #expect(parts.shared.targets.contains(early))
    }

    /// By what was measured: the fifth of the cells that takes long is spread.
    @Test func measuredSecondsDecideTheCuts() throws {
        var builder = GraphBuilder()
        let base = builder.add("base", "constant", ["value": .number(1)])
        for x in 1...20 {
            let cell = [("x", Value.integer(Int128(x)))]
            let kind = x <= 4 ? "sleep" : "scale"
            let seconds: [String: Value] =
                x <= 4 ? ["seconds": .number(0.05 + Double(x) / 1000)] : ["factor": .number(Double(x))]
            builder.output(
                "\(x).txt",
                builder.add("n\(x <= 4 ? 1 : 2)", kind, at: cell, seconds, inputs: ["input": [base]])
            )
        }
        let graph = builder.graph
        let workshop = try Workshop()
        let blind = try division(workshop, graph, into: 2).missing
        #expect(blind.shards.map(\.targets.count) == [10, 10])
        _ = try workshop.run(graph)
        _ = try workshop.run(graph) { $0.force = ["base", "n1", "n2"] }
        // The same nodes at other cells, of which only the seconds of their like are known.
        let store = try workshop.openStore()
        defer { store.close() }
        let environment = RunEnvironment(numerics: "other", version: "1.0")
        let run = try RecipeRun(graph, store: store, options: workshop.options(), environment: environment)
        let parts = run.division(of: run.plan(), into: 2)
        #expect(parts.shards.map(\.targets.count) == [2, 18])
        #expect(abs(parts.shards[0].seconds / parts.shards[1].seconds - 1) < 0.2)
    }

    @Test func moreShardsThanCellsAreEmpty() throws {
        var builder = GraphBuilder()
        builder.output("a.txt", builder.add("a", "constant", ["value": .number(1)]))
        let workshop = try Workshop()
        let parts = try division(workshop, builder.graph, into: 4).fixed
        #expect(parts.shards.map(\.targets.count).sorted() == [0, 0, 0, 1])
        for number in 0...4 {
            let outcome = try workshop.run(builder.graph) { $0.shard = shard(number, 4) }
            #expect(outcome.summary.exitStatus == .success)
        }
        #expect(try workshop.run(builder.graph).ran == [])
    }

    @Test func aShardWhoseResultsAreNotKeptSaysSo() throws {
        let workshop = try Workshop()
        let graph = try sweep(workshop)
        try workshop.openStore().close()
        let outcome = try workshop.run(graph, access: .readOnly) { $0.shard = shard(1, 2) }
        #expect(outcome.summary.exitStatus == .temporaryFailure)
        #expect(outcome.summary.unkept == 12)
        // All that it is asked for is there: nothing to lose.
        _ = try workshop.run(graph)
        let again = try workshop.run(graph, access: .readOnly) { $0.shard = shard(1, 2) }
        #expect(again.summary.exitStatus == .success)
    }

    @Test func aDivisionInAFileIsTakenByAllShards() throws {
        let workshop = try Workshop()
        let graph = try sweep(workshop)
        _ = try workshop.run(graph) { $0.shard = shard(1, 2) }
        let missing = try division(workshop, graph, into: 3).missing
        try DivisionFile.write(missing, of: graph, to: workshop.folder("division.json"))
        let file = try DivisionFile(path: workshop.folder("division.json"))
        var ran = 0
        for number in [3, 1, 2] {
            let outcome = try workshop.run(graph) { $0.shard = shard(number, 3, of: file) }
            #expect(outcome.ran.count == missing.shards[number - 1].nodes)
            ran += outcome.ran.count
        }
        #expect(ran == 27)
        #expect(try workshop.run(graph).ran == [])
        #expect(throws: DivisionError.otherCount(workshop.folder("division.json"), asked: 2, found: 3)) {
            try workshop.run(graph) { $0.shard = shard(1, 2, of: file) }
        }
        let other = try sweep(workshop, people: 2)
        #expect(throws: DivisionError.otherRecipe(workshop.folder("division.json"), recipe: "test")) {
            try workshop.run(other) { $0.shard = shard(1, 3, of: file) }
        }
    }

    @Test func aFileThatIsNoDivisionIsRefused() throws {
        let workshop = try Workshop()
        let graph = try sweep(workshop)
        let path = workshop.folder("division.json")
        #expect(throws: DivisionError.unreadable(path)) { try DivisionFile(path: path) }
        try DivisionFile.write(division(workshop, graph, into: 2).missing, of: graph, to: path)
        let text = try workshop.folder.text(of: "division.json")
        for length in stride(from: 0, to: text.count - 2, by: 97) {
            try workshop.folder.write(String(text.prefix(length)), to: "division.json")
            #expect(throws: DivisionError.noDivision(path)) { try DivisionFile(path: path) }
        }
        try workshop.folder.write(text.replacing("\"targets\":[", with: "\"targets\":[-7,999999,"), to: "division.json")
        let file = try DivisionFile(path: path)
        #expect(throws: DivisionError.noDivision(path)) { try workshop.run(graph) { $0.shard = shard(1, 2, of: file) } }
    }

    @Test(arguments: ["", "3", "/", "0/0", "5/4", "-1/4", "1/4/2", " 1/4", "1/1000000", "one/two", "٣/٤"])
    func whatIsNoShardIsRefused(text: String) { #expect(Shard(text) == nil) }

    @Test func shardsAreWrittenAsTheyAreRead() {
        #expect(Shard("3/16").map { "\($0)" } == "3/16")
        #expect(Shard("0/1") == Shard(number: 0, count: 1))
    }
}
