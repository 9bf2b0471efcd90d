import EngineTestSupport

/// A cluster of toy nodes: the same sweep, one event after another.
///
/// A controller starts a task at a time; nodes load weights from a server that they share; each has its own speed; some
/// fail, and their task begins anew elsewhere when that is noticed.
struct ClusterSimulation {
    private struct Node {
        let speed: Double
        /// When it fails for good.
        let end: Double
        var hasLoaded = false
        var task: Int?
        /// Bytes still to be had from the server.
        var loading = 0.0
        /// When what it does after loading is done.
        var done = Double.infinity
        var began = 0.0
    }

    private(set) var makespan = 0.0
    /// Seconds of all nodes in which cells were computed that count.
    private(set) var computed = 0.0
    /// Seconds that nodes were there.
    private(set) var there = 0.0

    var busy: Double { computed / there }

    init(_ sweep: SweepAtScale, seed: UInt64) {
        var random = SplitMix(seed)
        func unit() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        func spread(_ part: Double) -> Double { 1 + part * (2 * unit() - 1) }
        let perShard = Double(sweep.cells) / Double(sweep.shards)
        // A row of cells, cut into pieces of the same number.
        let tasks = (0..<sweep.shards).map { shard in
            let cells = Int(Double(shard + 1) * perShard) - Int(Double(shard) * perShard)
            return (0..<cells).reduce(0.0) { sum, _ in sum + sweep.cellSeconds * spread(sweep.cellSpread) }
        }
        let failing = Int((Double(sweep.nodes) * sweep.failing).rounded())
        var nodes = (0..<sweep.nodes).map { place in
            Node(
                speed: spread(sweep.nodeSpread),
                end: place < failing ? unit() * sweep.makespan : .infinity
            )
        }
        var waiting = Array(tasks.indices)
        var noticed: [(time: Double, task: Int)] = []
        var left = tasks.count
        var (now, nextDispatch) = (0.0, 0.0)

        while left > 0 {
            // Who can start, starts.
            while nextDispatch <= now, !waiting.isEmpty,
                let place = nodes.indices.first(where: { nodes[$0].task == nil && nodes[$0].end > now })
            {
                nodes[place].task = waiting.removeFirst()
                nodes[place].began = now
                nodes[place].loading = nodes[place].hasLoaded ? 0 : sweep.weights
                if nodes[place].hasLoaded { begin(&nodes[place], at: now, tasks, sweep) }
                nextDispatch = now + sweep.dispatchSeconds
            }
            // What comes next.
            let loaders = nodes.indices.filter { nodes[$0].loading > 0 }
            let rate = loaders.isEmpty ? 0 : sweep.serverBandwidth / Double(loaders.count)
            var next = nodes.map { min($0.done, $0.end > now ? $0.end : .infinity) }.min() ?? .infinity
            for place in loaders { next = min(next, now + nodes[place].loading / rate) }
            if let notice = noticed.map(\.time).min() { next = min(next, notice) }
            let canStart = !waiting.isEmpty && nodes.contains { $0.task == nil && $0.end > now }
            if canStart, nextDispatch > now { next = min(next, nextDispatch) }
            precondition(next.isFinite, "nothing comes next")
            for place in loaders { nodes[place].loading = max(0, nodes[place].loading - rate * (next - now)) }
            now = next
            for place in nodes.indices {
                if nodes[place].end <= now, let task = nodes[place].task {
                    noticed.append((now + sweep.noticeSeconds, task))
                    (nodes[place].task, nodes[place].done, nodes[place].loading) = (nil, .infinity, 0)
                }
                guard let task = nodes[place].task else { continue }
                if nodes[place].done <= now {
                    computed += tasks[task] / nodes[place].speed
                    (nodes[place].task, nodes[place].done) = (nil, .infinity)
                    left -= 1
                } else if nodes[place].done == .infinity, nodes[place].loading < 1 {
                    nodes[place].loading = 0
                    nodes[place].hasLoaded = true
                    begin(&nodes[place], at: now, tasks, sweep)
                }
            }
            waiting += noticed.filter { $0.time <= now }.map(\.task)
            noticed.removeAll { $0.time <= now }
        }
        makespan = now
        there = nodes.reduce(0) { $0 + min($1.end, now) }
    }

    private func begin(_ node: inout Node, at now: Double, _ tasks: [Double], _ sweep: SweepAtScale) {
        guard let task = node.task else { return }
        node.done = now + sweep.startSeconds + sweep.weights / sweep.memoryBandwidth + tasks[task] / node.speed
    }
}
