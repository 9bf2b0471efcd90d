import EngineTestSupport
import Foundation
import Graph
import Runner
import Synchronization
import Testing

/// What is done and what there is to do are counted alike.
@Suite struct ProgressTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// The counts of a run, in its order: `[3/64] `.
    private func counts(
        _ graph: ExecutionGraph,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> [(done: Int, total: Int)] {
        let text = Mutex("")
        let console = Console(output: { _ in }, error: { line in text.withLock { $0 += line } })
        let reporter = TextReporter(console: console, verbosity: .verbose) { _ in "" }
        _ = try workshop.run(graph, change, onEvent: { reporter.receive($0) })
        return text.withLock(\.self).matches(of: #/\[([0-9]+)/([0-9]+)/#).compactMap { match in
            guard let done = Int(match.1), let total = Int(match.2) else { return nil }
            return (done, total)
        }
    }

    private func expectToReachTheTotal(_ counts: [(done: Int, total: Int)], _ total: Int) {
        #expect(counts.allSatisfy { $0.done <= $0.total }, "\(counts)")
        #expect(counts.last?.done == total && counts.last?.total == total, "\(counts)")
    }

    /// Files with the same number: what follows from the first stands for what follows from the others.
    @Test func filesOfTheSameContent() throws {
        var builder = GraphBuilder()
        for (place, number) in ["4", "4", "5", "4"].enumerated() {
            let file = try workshop.folder.write(number, to: "\(place).txt", age: 60)
            let cell = [("place", Value.integer(Int128(place)))]
            let read = builder.add("read", "read_number", at: cell, ["file": .string(file)])
            let twice = builder.add("twice", "scale", at: cell, inputs: ["input": [read]])
            builder.output("\(place).txt", builder.add("again", "scale", at: cell, inputs: ["input": [twice]]))
        }
        // Two files are read, and of two numbers each is doubled twice; what stands for others is known only as it goes.
        let counts = try counts(builder.graph)
        #expect(counts.allSatisfy { $0.done <= $0.total }, "\(counts)")
        #expect(counts.last.map { $0.done == $0.total } == true, "\(counts)")
    }

    /// Inputs that come out alike only after the plan.
    @Test func resultsThatTurnOutAlike() throws {
        var builder = GraphBuilder()
        let nearest: [String: Value] = ["factor": .number(1), "rounding": .string("nearest")]
        for number in [4.1, 4.2, 4.3] {
            let cell = [("number", Value.number(number))]
            let start = builder.add("start", "constant", at: cell, ["value": .number(number)])
            let round = builder.add("round", "scale", at: cell, nearest, inputs: ["input": [start]])
            builder.output("\(number).txt", builder.add("twice", "scale", at: cell, inputs: ["input": [round]]))
        }
        expectToReachTheTotal(try counts(builder.graph), 9)
    }

    /// A value that the plan takes for cached is damaged, and made again: there is more to do than it said.
    @Test func valuesThatAreMadeAgain() throws {
        var builder = GraphBuilder()
        let caption = builder.add("caption", "caption", ["text": .string("a picture of a lighthouse")])
        let picture = builder.add("picture", "paint", ["width": .integer(64)], inputs: ["caption": [caption]])
        builder.output("picture.pgm", picture)
        _ = try workshop.run(builder.graph)
        let pixels = Array(try workshop.folder.bytes(of: "out/picture.pgm").suffix(64))
        try workshop.damage(pixels)
        try FileManager.default.removeItem(atPath: workshop.folder("out/picture.pgm"))
        expectToReachTheTotal(try counts(builder.graph), 1)
    }
}
