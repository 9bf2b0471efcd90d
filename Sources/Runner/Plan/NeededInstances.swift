import Graph

/// The instances that the wanted results rest on, how they hang together, and in which order they are best run.
struct NeededInstances: Sendable {
    /// That an instance reads another, as seen from one of the two.
    struct Edge: Sendable {
        /// The other one.
        let index: Int
        let whenAbsent: WhenAbsent
        /// Whether it is read only as one of a gathered sweep, one at a time.
        var isGathered: Bool { whenAbsent == .blank }
    }

    /// In the graph's order.
    let indices: [Int]
    /// By instance: what it reads, each once.
    let inputs: Lists<Edge>
    /// By instance: the needed instances that read it.
    let dependants: Lists<Edge>
    /// The order to run in, where there is a choice: what shares a swept model together, so that none is loaded twice;
    /// then each wanted result with all it rests on, and after it those that rest on it, so that one cell of a sweep is
    /// finished, with what measures it, before the next is begun.
    /// By instance: its place in that order.
    let ranks: [Int]

    init(_ graph: ExecutionGraph, targets: [Int]) {
        let count = graph.instances.count
        var isNeeded = Array(repeating: false, count: count)
        for target in targets { isNeeded[target] = true }
        // Inputs come before whoever reads them.
        var lists: [(instance: Int, inputs: [Edge])] = []
        for index in stride(from: count - 1, through: 0, by: -1) where isNeeded[index] {
            let inputs = Self.inputs(of: graph.instances[index])
            for input in inputs { isNeeded[input.index] = true }
            if !inputs.isEmpty { lists.append((index, inputs)) }
        }
        indices = (0..<count).filter { isNeeded[$0] }
        inputs = Lists(count: count) { add in
            for list in lists.reversed() { for input in list.inputs { add(list.instance, input) } }
        }
        dependants = Lists(count: count) { add in
            for list in lists.reversed() {
                for input in list.inputs {
                    add(input.index, Edge(index: list.instance, whenAbsent: input.whenAbsent))
                }
            }
        }
        ranks = Self.ranks(graph, targets: targets, indices: indices, inputs: inputs)
    }

    private static func inputs(of instance: Instance) -> [Edge] {
        var inputs: [Edge] = []
        for port in instance.schema.inputs {
            for source in instance.inputs(of: port.name) ?? [] {
                inputs.append(Edge(index: source, whenAbsent: port.whenAbsent))
            }
        }
        guard inputs.count > 1 else { return inputs }
        // What is read twice stands together, whoever needs it most first.
        inputs.sort { ($0.index, $0.whenAbsent.rawValue) < ($1.index, $1.whenAbsent.rawValue) }
        var each: [Edge] = []
        for input in inputs where input.index != each.last?.index { each.append(input) }
        return each
    }

    private static func ranks(
        _ graph: ExecutionGraph,
        targets: [Int],
        indices: [Int],
        inputs: Lists<Edge>
    ) -> [Int] {
        // The last of the swept models that an instance rests on, or -1.
        var models = Array(repeating: -1, count: graph.instances.count)
        for index in indices {
            let instance = graph.instances[index]
            let isModel = instance.schema.evaluation == .reference && !instance.cell.coordinates.isEmpty
            models[index] = isModel ? index : inputs[index].map { models[$0.index] }.max() ?? -1
        }
        let (first, following) = chains(targets, indices: indices, inputs: inputs)
        var goals = Array(first.reversed())
        var order: [Int] = []
        var isVisited = Array(repeating: false, count: graph.instances.count)
        while let target = goals.popLast() {
            goals += following[target].reversed()
            var stack = [(index: target, isDone: false)]
            while let (index, isDone) = stack.popLast() {
                if isDone {
                    order.append(index)
                } else if !isVisited[index] {
                    isVisited[index] = true
                    stack.append((index, true))
                    for input in inputs[index].reversed() where !isVisited[input.index] {
                        stack.append((input.index, false))
                    }
                }
            }
        }
        // In the order of the models, and within one as found.
        let places = order.enumerated().sorted { (models[$0.element], $0.offset) < (models[$1.element], $1.offset) }
        var ranks = Array(repeating: 0, count: graph.instances.count)
        for (rank, place) in places.enumerated() { ranks[place.element] = rank }
        return ranks
    }

    /// Which wanted results rest on no other, and by wanted result those of which it is the last that they rest on.
    private static func chains(
        _ targets: [Int],
        indices: [Int],
        inputs: Lists<Edge>
    ) -> (first: [Int], following: Lists<Int>) {
        let count = (indices.last ?? -1) + 1
        var isTarget = Array(repeating: false, count: count)
        for target in targets { isTarget[target] = true }
        // The last of the wanted results that an instance rests on, or -1.
        var last = Array(repeating: -1, count: count)
        for index in indices {
            for input in inputs[index] {
                last[index] = max(last[index], isTarget[input.index] ? input.index : last[input.index])
            }
        }
        let following = Lists<Int>(count: count) { add in
            for target in targets where last[target] >= 0 { add(last[target], target) }
        }
        return (targets.filter { last[$0] < 0 }, following)
    }
}

/// A list for each of many numbers, all in one piece of memory.
struct Lists<Element: Sendable>: Sendable {
    private var starts: [Int]
    private var elements: [Element] = []

    /// - Parameter fill: adds elements; called twice and the same each time. Elements of one list keep their order.
    init(count: Int, fill: (_ add: (Int, Element) -> Void) -> Void) {
        var starts = Array(repeating: 0, count: count + 1)
        var first: Element?
        fill { list, element in
            starts[list + 1] += 1
            first = first ?? element
        }
        for i in 0..<count { starts[i + 1] += starts[i] }
        self.starts = starts
        guard let first else { return }
        var elements = Array(repeating: first, count: starts[count])
        fill { list, element in
            elements[starts[list]] = element
            starts[list] += 1
        }
        self.elements = elements
    }

    subscript(list: Int) -> ArraySlice<Element> { elements[starts[list]..<starts[list + 1]] }
}
