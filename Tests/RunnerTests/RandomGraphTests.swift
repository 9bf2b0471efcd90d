import EngineTestSupport
import Foundation
import Graph
import Runner
import Testing

/// Random graphs, edited at random, against an oracle that computes everything anew and predicts which nodes run.
@Suite struct RandomGraphTests {
    /// A graph in the making: constants at the bottom, sums, products and roundings above, edited between runs.
    struct World {
        struct Node {
            var kind: String
            var number: Double
            var inputs: [Int]
        }

        var nodes: [Node]

        init(_ random: inout SplitMix) {
            nodes = []
            for index in 0..<random.int(in: 4...14) {
                let isLeaf = index < 2 || random.int(in: 0...4) == 0
                let kinds = ["add", "scale", "round"]
                let kind = isLeaf ? "constant" : kinds[random.int(in: 0...2)]
                let inputs = (0..<(kind == "add" ? 2 : kind == "constant" ? 0 : 1)).map { _ in
                    random.int(in: 0...index - 1)
                }
                nodes.append(Node(kind: kind, number: Double(random.int(in: 0...5)) / 4, inputs: inputs))
            }
        }

        mutating func edit(_ random: inout SplitMix) {
            let index = random.int(in: 0...nodes.count - 1)
            nodes[index].number = Double(random.int(in: 0...5)) / 4
        }

        /// What each node gives, computed plainly.
        var values: [Double] {
            var values: [Double] = []
            for node in nodes {
                let inputs = node.inputs.map { values[$0] }
                switch node.kind {
                case "add": values.append(inputs[0] + inputs[1])
                case "scale": values.append(inputs[0] * (node.number + 1))
                case "round": values.append((inputs[0]).rounded(.down))
                default: values.append(node.number)
                }
            }
            return values
        }

        /// What identifies each node's execution: its kind, parameters and the values it reads.
        var executions: [String] {
            let values = values
            return nodes.map { node in
                let number = ["constant", "scale"].contains(node.kind) ? "\(node.number)" : ""
                return "\(node.kind) \(number) \(node.inputs.map { "\(values[$0])" })"
            }
        }

        var graph: ExecutionGraph {
            var builder = GraphBuilder()
            for (index, node) in nodes.enumerated() {
                switch node.kind {
                case "add": builder.add("n\(index)", "add", inputs: ["a": [node.inputs[0]], "b": [node.inputs[1]]])
                case "scale":
                    builder.add(
                        "n\(index)",
                        "scale",
                        ["factor": .number(node.number + 1)],
                        inputs: ["input": node.inputs]
                    )
                case "round":
                    builder.add(
                        "n\(index)",
                        "scale",
                        ["factor": .number(1), "rounding": .string("down")],
                        inputs: ["input": node.inputs]
                    )
                default: builder.add("n\(index)", "constant", ["value": .number(node.number)])
                }
                builder.output("n\(index).txt", index)
            }
            return builder.graph
        }
    }

    @Test(arguments: 1...40) func runsExactlyWhatChanged(seed: UInt64) throws {
        var random = SplitMix(seed)
        let workshop = try Workshop()
        var world = World(&random)
        var known: Set<String> = []
        for step in 0..<5 {
            let jobs = random.int(in: 1...3)
            let graph = world.graph
            let planned = try workshop.plan(graph).running
            let outcome = try workshop.run(graph) { $0.jobs = jobs }
            let expected = Set(world.executions).subtracting(known)
            let ran = outcome.ran.compactMap { Int($0.dropFirst()) }.map { world.executions[$0] }
            #expect(Set(ran) == expected, "seed \(seed), step \(step)")
            #expect(ran.count == expected.count, "a node ran twice: seed \(seed), step \(step)")
            // The plan may name more: what it follows may come out as before.
            #expect(Set(outcome.ran).isSubset(of: planned), "seed \(seed), step \(step)")
            known.formUnion(expected)
            for (index, value) in world.values.enumerated() {
                #expect(try workshop.text("n\(index).txt") == "\(value)\n", "seed \(seed), step \(step)")
            }
            #expect(try workshop.plan(graph).running == [], "seed \(seed), step \(step)")
            world.edit(&random)
        }
    }
}

/// A generator whose numbers are the same everywhere: https://prng.di.unimi.it/splitmix64.c
struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func int(in range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }
}
