import Graph

/// The instances that the wanted results rest on, how they hang together, and in which order they are best run.
struct NeededInstances: Sendable {
    /// In the graph's order.
    let indices: [Int]
    /// By instance: the instances it reads, each once.
    let inputs: [[Int]]
    /// By instance: the needed instances that read it.
    let dependants: [[Int]]
    /// The order to run in, where there is a choice: what shares a swept model together, so that none is loaded twice;
    /// then each wanted result with all it rests on, so that one cell of a sweep is finished before the next is begun.
    let order: [Int]
    /// By instance: its place in `order`.
    let ranks: [Int]

    init(_ graph: ExecutionGraph, targets: [Int]) {
        let count = graph.instances.count
        var isNeeded = Array(repeating: false, count: count)
        for target in targets { isNeeded[target] = true }
        var inputs: [[Int]] = Array(repeating: [], count: count)
        var dependants: [[Int]] = Array(repeating: [], count: count)
        // Inputs come before whoever reads them.
        for index in stride(from: count - 1, through: 0, by: -1) where isNeeded[index] {
            inputs[index] = Set(graph.instances[index].inputs.values.joined()).sorted()
            for input in inputs[index] {
                isNeeded[input] = true
                dependants[input].append(index)
            }
        }
        indices = (0..<count).filter { isNeeded[$0] }
        self.inputs = inputs
        self.dependants = dependants.map { $0.reversed() }
        order = Self.order(graph, targets: targets, indices: indices, inputs: inputs)
        var ranks = Array(repeating: 0, count: count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        self.ranks = ranks
    }

    private static func order(
        _ graph: ExecutionGraph,
        targets: [Int],
        indices: [Int],
        inputs: [[Int]]
    ) -> [Int] {
        // The last of the swept models that an instance rests on, or -1.
        var models = Array(repeating: -1, count: graph.instances.count)
        for index in indices {
            let instance = graph.instances[index]
            let isModel = instance.schema.evaluation == .reference && !instance.cell.coordinates.isEmpty
            models[index] = isModel ? index : inputs[index].map { models[$0] }.max() ?? -1
        }
        var order: [Int] = []
        var isVisited = Array(repeating: false, count: graph.instances.count)
        for target in targets {
            var stack = [(index: target, isDone: false)]
            while let (index, isDone) = stack.popLast() {
                if isDone {
                    order.append(index)
                } else if !isVisited[index] {
                    isVisited[index] = true
                    stack.append((index, true))
                    for input in inputs[index].reversed() where !isVisited[input] { stack.append((input, false)) }
                }
            }
        }
        let groups = Dictionary(grouping: order) { models[$0] }
        return groups.keys.sorted().flatMap { groups[$0] ?? [] }
    }
}
