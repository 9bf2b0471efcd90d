import Graph

/// Puts the nodes in an order in which each comes after those it reads, and reports circles with the whole loop.
struct Cycles {
    private static let mostReports = 20

    let recipe: CompiledRecipe

    func check() {
        let sources = recipe.nodes.map(\.sources)
        var readers: [[Int]] = Array(repeating: [], count: sources.count)
        var missing = sources.map { Set($0.map(\.node)).count }
        for (node, read) in sources.enumerated() {
            for source in Set(read.map(\.node)) { readers[source].append(node) }
        }
        var order = sources.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                missing[reader] -= 1
                if missing[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        recipe.order = order
        if order.count < sources.count { report(among: Set(sources.indices).subtracting(order), sources) }
    }

    /// Walks depth first with a stack of its own; an edge back into the path closes a loop.
    private func report(among rest: Set<Int>, _ sources: [[Source]]) {
        enum Mark { case unseen, onPath, done }
        var reports = 0
        var marks = Array(repeating: Mark.unseen, count: sources.count)
        for start in rest.sorted() where marks[start] == .unseen {
            var path: [(node: Int, next: Int)] = [(start, 0)]
            marks[start] = .onPath
            while let (node, edge) = path.last {
                guard edge < sources[node].count else {
                    marks[node] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = sources[node][edge].node
                switch marks[target] {
                case .done: break
                case .unseen where !rest.contains(target): break
                case .unseen:
                    marks[target] = .onPath
                    path.append((target, 0))
                case .onPath where reports == Self.mostReports: break
                case .onPath:
                    reports += 1
                    let first = path.firstIndex { $0.node == target } ?? 0
                    report(path[first...].map { ($0.node, sources[$0.node][$0.next - 1]) })
                }
            }
        }
    }

    /// - Parameter loop: each node with the reference by which it reads the next; the last reads the first.
    private func report(_ loop: [(node: Int, source: Source)]) {
        let names = loop.map { recipe.nodes[$0.node].name }
        let shown = names.count > 12 ? Array(names.prefix(6)) + ["…"] + Array(names.suffix(5)) : names
        let others = loop.dropFirst().prefix(6).map { node, source in
            Diagnostic.Note(
                "\(code(recipe.nodes[node].name)) reads \(code(recipe.nodes[source.node].name)) here",
                at: source.location
            )
        }
        recipe.diagnostics.error(
            "\(code(names[0])) needs its own result: \((shown + [names[0]]).joined(separator: " → "))",
            at: loop[0].source.location,
            notes: others,
            hint: "a recipe cannot go in circles; break one of these"
        )
    }
}
