import Graph

/// What there is to divide: by the index of an instance, whether it is to be computed, and what having it costs.
struct ShardedWork {
    let graph: ExecutionGraph
    let needed: NeededInstances
    /// Never of references.
    let isMissing: [Bool]
    /// What computing it takes, and of a reference, what loading its files takes; 0 for what is there.
    let seconds: [Double]

    /// What has to be computed to have some instances.
    func missing(for targets: [Int], without done: Set<Int>) -> Set<Int> {
        var found: Set<Int> = []
        var stack = targets
        while let index = stack.popLast() {
            guard isMissing[index], !done.contains(index), found.insert(index).inserted else { continue }
            for input in needed.inputs[index] { stack.append(input.index) }
        }
        return found
    }
}

/// The nodes that gather what shards compute, and all that follows from them: shards leave them alone.
///
/// Not every node that gathers is one: an identity of five photos costs less than what rests on it, so it belongs to those.
/// A node is late where more has to be computed before it than after it.
struct LateNodes {
    private let isLate: [Bool]

    func contains(_ index: Int) -> Bool { isLate[index] }

    init(_ work: ShardedWork) {
        // By node of the recipe, of which there are few, not by cell.
        var numbers: [String: Int] = [:]
        var nodeOf = Array(repeating: 0, count: work.graph.instances.count)
        var seconds: [Double] = []
        var inputs: [Set<Int>] = []
        var gathers: [Bool] = []
        for index in work.needed.indices {
            let name = work.graph.instances[index].node
            let node = numbers[name] ?? seconds.count
            if node == seconds.count {
                numbers[name] = node
                seconds.append(0)
                inputs.append([])
                gathers.append(false)
            }
            nodeOf[index] = node
            if work.isMissing[index] { seconds[node] += work.seconds[index] }
            for input in work.needed.inputs[index] {
                inputs[node].insert(nodeOf[input.index])
                if input.isGathered { gathers[node] = true }
            }
        }
        // Nodes are numbered after their inputs.
        var before: [Set<Int>] = []
        for node in seconds.indices {
            before.append(inputs[node].reduce(into: inputs[node]) { $0.formUnion(before[$1]) })
        }
        var late: Set<Int> = []
        for node in seconds.indices where gathers[node] {
            // In the order of their numbers: sums must not depend on that of a set.
            let earlier = before[node].sorted().reduce(0) { $0 + seconds[$1] }
            let later = seconds.indices.filter { $0 == node || before[$0].contains(node) }.reduce(0) {
                $0 + seconds[$1]
            }
            if earlier > 0, earlier >= later { late.insert(node) }
        }
        let isLateNode = seconds.indices.map { late.contains($0) || !before[$0].isDisjoint(with: late) }
        var isLate = Array(repeating: false, count: work.graph.instances.count)
        for index in work.needed.indices { isLate[index] = isLateNode[nodeOf[index]] }
        self.isLate = isLate
    }
}
