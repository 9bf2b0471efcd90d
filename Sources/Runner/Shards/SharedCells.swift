import Graph

/// The cells that shards are made of, in an order in which those stand together that share what is dear.
struct SharedCells {
    /// By their index in the graph.
    let cells: [Int]
    private let work: ShardedWork
    private let isPart: [Bool]

    /// - Parameter isLate: what no shard computes.
    init(_ work: ShardedWork, isLate: (Int) -> Bool) {
        self.work = work
        let (needed, instances) = (work.needed, work.graph.instances)
        var isPart = Array(repeating: false, count: instances.count)
        for index in needed.indices where !isLate(index) {
            isPart[index] = work.isMissing[index] || instances[index].schema.evaluation == .reference
        }
        self.isPart = isPart
        var cells = needed.indices.filter { index in
            work.isMissing[index] && isPart[index] && !needed.dependants[index].contains { isPart[$0.index] }
        }
        cells.sort { needed.ranks[$0] < needed.ranks[$1] }
        // How many cells rest on an instance does not matter, only whether it is more than one.
        var first = Array(repeating: -1, count: instances.count)
        var isShared = Array(repeating: false, count: instances.count)
        for cell in cells {
            for index in Self.needed(for: [cell], work, isPart) {
                if first[index] < 0 { first[index] = cell } else { isShared[index] = true }
            }
        }
        let sorted = cells.enumerated().map { place, cell in
            let shared = Self.needed(for: [cell], work, isPart).filter { isShared[$0] }
            // The dearest first: whatever is shared by all makes no difference.
            let dearest = shared.sorted { (-work.seconds[$0], $0) < (-work.seconds[$1], $1) }
            return (dearest: dearest, place: place)
        }.sorted { a, b in
            for (one, other) in zip(a.dearest, b.dearest) where one != other { return one < other }
            return (a.dearest.count, a.place) < (b.dearest.count, b.place)
        }
        self.cells = sorted.map { cells[$0.place] }
    }

    /// Cuts the row of cells into pieces of about equal cost; some are empty where there are fewer cells than pieces. A
    /// cut keeps away by up to a tenth of a piece from its place, where less is then on both sides of it.
    func cut(into count: Int, without shared: Set<Int>) -> [Range<Int>] {
        guard count > 1, !cells.isEmpty else {
            return [0..<cells.count] + Array(repeating: cells.count..<cells.count, count: count - 1)
        }
        let (costs, straddling) = costs(without: shared)
        var sums = [0.0]
        for cost in costs { sums.append(sums[sums.count - 1] + cost) }
        let whole = sums[cells.count]
        let slack = whole / Double(count) / 10
        var pieces: [Range<Int>] = []
        var start = 0
        // The first place where the sum is at least as much; sums only grow.
        func place(_ sum: Double) -> Int {
            var (low, high) = (0, cells.count)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] < sum { low = middle + 1 } else { high = middle }
            }
            return low
        }
        for piece in 1..<count {
            let ideal = whole * Double(piece) / Double(count)
            let after = place(ideal)
            let nearest = after > 0 && ideal - sums[after - 1] < sums[after] - ideal ? after - 1 : after
            var best = max(start, nearest)
            for candidate in place(ideal - slack)..<min(place(ideal + slack) + 1, cells.count + 1)
            where candidate >= start && abs(sums[candidate] - ideal) <= slack {
                let (new, old) = (straddling[candidate], straddling[best])
                if (new, abs(sums[candidate] - ideal)) < (old, abs(sums[best] - ideal)) { best = candidate }
            }
            pieces.append(start..<best)
            start = best
        }
        pieces.append(start..<cells.count)
        return pieces
    }

    /// Of each cell what it costs beyond those before it, and of each place between two of them what a cut there would
    /// have two shards load or compute.
    private func costs(without shared: Set<Int>) -> (costs: [Double], straddling: [Double]) {
        var first = Array(repeating: -1, count: isPart.count)
        var last = first
        var costs = Array(repeating: 0.0, count: cells.count)
        for (place, cell) in cells.enumerated() {
            for index in Self.needed(for: [cell], work, isPart) where !shared.contains(index) {
                if first[index] < 0 {
                    first[index] = place
                    if work.isMissing[index] { costs[place] += work.seconds[index] }
                }
                last[index] = place
            }
        }
        var steps = Array(repeating: 0.0, count: cells.count + 2)
        for index in isPart.indices where first[index] < last[index] {
            steps[first[index] + 1] += work.seconds[index]
            steps[last[index] + 1] -= work.seconds[index]
        }
        var straddling: [Double] = []
        var sum = 0.0
        for step in steps {
            sum += step
            straddling.append(sum)
        }
        return (costs, straddling)
    }

    /// What is to be computed and more than half of the pieces rest on; with all that it rests on itself. While it is
    /// computed all wait, so what few rest on is left to them, and to the cache that they share.
    func neededByMany(_ pieces: [Range<Int>]) -> Set<Int> {
        let pieces = pieces.filter { !$0.isEmpty }
        guard pieces.count > 1 else { return [] }
        let many = pieces.count / 2 + 1
        var counts = Array(repeating: 0, count: isPart.count)
        for piece in pieces {
            for index in Self.needed(for: Array(cells[piece]), work, isPart) where work.isMissing[index] {
                counts[index] += 1
            }
        }
        return Set(counts.indices.filter { counts[$0] >= many })
    }

    /// Cells and what they rest on that is to be had, models included.
    private static func needed(for cells: [Int], _ work: ShardedWork, _ isPart: [Bool]) -> [Int] {
        var seen = Set(cells)
        var found = cells
        var next = 0
        while next < found.count {
            for input in work.needed.inputs[found[next]] where isPart[input.index] && seen.insert(input.index).inserted
            {
                found.append(input.index)
            }
            next += 1
        }
        return found
    }
}
