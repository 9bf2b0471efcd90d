import EngineTestSupport
import Foundation
import Graph

/// A recipe in the making: numbers at the bottom, what is made of them above, sweeps that are gathered; edited between runs.
struct ModelRecipe {
    enum Kind: String, CaseIterable {
        case constant, add, scale, round, shift, mean, sum, read, fail, table, caption, paint, drift

        var givesNumber: Bool { ![.table, .caption, .paint].contains(self) }
        /// What its number may be set to.
        var hasNumber: Bool { [.constant, .scale, .fail, .caption].contains(self) }
    }

    struct Node {
        var name: String
        /// Its place on the axis `x`, if it is part of a sweep.
        var cell: Int?
        var kind: Kind
        var number = 0.0
        /// Of files that it reads.
        var file = 0
        var inputs: [Int] = []
        var isOutput = false

        var title: String { cell.map { "\(name)[x=\($0)]" } ?? name }
        var output: String { "\(name)\(cell.map { "-\($0)" } ?? "").\(kind == .paint ? "pgm" : "txt")" }
    }

    static let files = 0..<3

    private(set) var nodes: [Node] = []

    init(_ random: inout SplitMix) {
        for _ in 0..<random.int(in: 3...9) { append(&random) }
    }

    // MARK: - Edits

    mutating func append(_ random: inout SplitMix) {
        let numbers = nodes.indices.filter { nodes[$0].kind.givesNumber && nodes[$0].cell == nil }
        guard numbers.count > 1, !random.once(in: 4) else { return addLeaf(&random) }
        switch random.int(in: 0...9) {
        case 0: sweep(&random)
        case 1:
            add(.caption, Double(random.int(in: 0...3)), [], &random)
            add(.paint, 0, [nodes.count - 1], &random)
        default:
            let kind =
                random.pick([Kind.add, .scale, .round, .shift, .mean, .sum, .fail, .scale, .add, .round]) ?? .add
            let count =
                switch kind {
                case .add: 2
                case .shift: random.int(in: 1...2)
                case .mean: random.int(in: 1...3)
                case .sum: random.int(in: 0...3)
                default: 1
                }
            let number = kind == .fail ? Double(random.int(in: 1...12)) : Double(random.int(in: 1...6)) / 4
            add(kind, number, (0..<count).compactMap { _ in random.pick(numbers) }, &random)
        }
    }

    private mutating func addLeaf(_ random: inout SplitMix) {
        let kind = random.pick([Kind.constant, .constant, .read, .drift]) ?? .constant
        add(kind, Double(random.int(in: 0...5)) / 4, [], &random)
        nodes[nodes.count - 1].file = random.pick(Array(Self.files)) ?? 0
    }

    /// A row of numbers, twice that, and a table of it.
    private mutating func sweep(_ random: inout SplitMix) {
        let name = "s\(nodes.count)"
        let cells = random.int(in: 2...3)
        let from = nodes.count
        for cell in 0..<cells {
            nodes.append(Node(name: name, cell: cell, kind: .constant, number: Double(random.int(in: 0...4)) / 4))
        }
        for cell in 0..<cells {
            nodes.append(Node(name: name + "b", cell: cell, kind: .scale, number: 2, inputs: [from + cell]))
        }
        let row = Array(from + cells..<from + 2 * cells)
        add(random.once(in: 2) ? .table : .mean, 0, row, &random)
        nodes[nodes.count - 1].isOutput = true
    }

    private mutating func add(_ kind: Kind, _ number: Double, _ inputs: [Int], _ random: inout SplitMix) {
        let isOutput = random.once(in: 3)
        nodes.append(
            Node(name: "n\(nodes.count)", kind: kind, number: number, inputs: inputs, isOutput: isOutput)
        )
    }

    mutating func setNumber(_ random: inout SplitMix) {
        guard let index = random.pick(nodes.indices.filter { nodes[$0].kind.hasNumber }) else { return }
        nodes[index].number = Double(random.int(in: 0...12)) / 4
    }

    mutating func rewire(_ random: inout SplitMix) {
        let wired = nodes.indices.filter { !nodes[$0].inputs.isEmpty && ![.table, .paint].contains(nodes[$0].kind) }
        guard let index = random.pick(wired),
            let source = random.pick((0..<index).filter { nodes[$0].kind.givesNumber && nodes[$0].cell == nil })
        else { return }
        nodes[index].inputs[random.int(in: 0...nodes[index].inputs.count - 1)] = source
    }

    mutating func switchOutput(_ random: inout SplitMix) {
        guard let index = random.pick(Array(nodes.indices)) else { return }
        nodes[index].isOutput.toggle()
    }

    /// Those whose results are written; all that nobody reads, if none is asked for.
    var outputs: [Int] {
        let asked = nodes.indices.filter { nodes[$0].isOutput }
        let read = Set(nodes.flatMap(\.inputs))
        return asked.isEmpty ? nodes.indices.filter { !read.contains($0) } : asked
    }

    // MARK: - As the engine sees it

    /// - Parameter path: of a file by its name
    func graph(path: (String) -> String) -> ExecutionGraph {
        var builder = GraphBuilder()
        for node in nodes {
            let cell = node.cell.map { [("x", Value.integer(Int128($0)))] } ?? []
            let inputs = node.inputs
            func add(_ kind: String, _ parameters: [String: Value] = [:], _ ports: [String: [Int]] = [:]) {
                builder.add(node.name, kind, at: cell, parameters, inputs: ports)
            }
            switch node.kind {
            case .constant: add("constant", ["value": .number(node.number)])
            case .add: add("add", [:], ["a": [inputs[0]], "b": [inputs[1]]])
            case .scale: add("scale", ["factor": .number(node.number)], ["input": inputs])
            case .round: add("scale", ["factor": .number(1), "rounding": .string("down")], ["input": inputs])
            case .shift:
                add("shift", [:], ["input": [inputs[0]]].merging(inputs.count > 1 ? ["by": [inputs[1]]] : [:]) { $1 })
            case .mean: add("mean", [:], ["of": inputs])
            case .sum: add("sum", [:], inputs.isEmpty ? [:] : ["of": inputs])
            case .read: add("read_number", ["file": .string(path("file-\(node.file)"))])
            case .fail: add("fail", ["limit": .number(node.number)], ["input": inputs])
            case .table: add("table", [:], ["numbers": inputs])
            case .caption: add("caption", ["text": .string("c\(node.number)")])
            case .paint: add("paint", ["width": .integer(64)], ["caption": inputs])
            case .drift: add("sneak", ["behind": .string(path("code-\(node.file)"))])
            }
        }
        for index in outputs { builder.output(nodes[index].output, index) }
        return builder.graph
    }
}
