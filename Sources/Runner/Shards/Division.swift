import Graph

/// A recipe's work, divided among shards.
///
/// What is divided are the *cells*: results that nothing else to be done rests on, but for what gathers a sweep. They are
/// put in an order in which those stand together that share what is dear to have twice, a model before an identity before
/// a prompt, and the row of them is cut into pieces of about equal cost. So each shard loads few models, and next to
/// nothing is computed by two of them. What many shards rest on anyway is a part of its own, to be run before them, and
/// what gathers their results is left to the run of the whole recipe.
///
/// It is a function of the graph, of what is to be done and of its cost, and of nothing else: whoever has the same comes to
/// the same division, on whatever machine and whenever.
public struct Division: Hashable, Codable, Sendable {
    public struct Part: Hashable, Codable, Sendable {
        /// What is asked for, by its index in the graph; what it rests on follows from that.
        public var targets: [Int] = []
        /// How many nodes run for it, if what comes before it is done.
        public var nodes = 0
        /// How long that takes.
        public var seconds = 0.0
    }

    /// What more than half of the shards rest on.
    public let shared: Part
    public let shards: [Part]
    /// What is left to the run of the whole recipe: what gathers results of several shards, and what follows from it.
    public let rest: Part

    public subscript(shard: Shard) -> Part { shard.number == 0 ? shared : shards[shard.number - 1] }

    /// - Parameters:
    ///   - work: what is to be done, and what it costs.
    ///   - count: how many shards, at least one.
    init(of work: ShardedWork, into count: Int) {
        let late = LateNodes(work)
        let cells = SharedCells(work, isLate: late.contains)
        var shared: Set<Int> = []
        var pieces: [Range<Int>] = []
        // What is shared depends on the cuts, and the cuts on what is left to be cut.
        for _ in 0..<3 {
            pieces = cells.cut(into: count, without: shared)
            let found = cells.neededByMany(pieces)
            if found.isSubset(of: shared) { break }
            shared.formUnion(found)
        }
        let sharedTargets = shared.filter { index in
            !work.needed.dependants[index].contains { shared.contains($0.index) }
        }
        self.init(
            shared: sharedTargets.sorted(),
            shards: pieces.map { cells.cells[$0].sorted() },
            rest: work.needed.indices.filter { work.isMissing[$0] && late.contains($0) },
            work
        )
    }

    /// - Parameters:
    ///   - shared, shards, rest: the targets of each.
    ///   - work: what is to be done for them, and what it costs.
    private init(shared: [Int], shards: [[Int]], rest: [Int], _ work: ShardedWork) {
        let first = work.missing(for: shared, without: [])
        self.shared = Part(targets: shared, first, work)
        self.shards = shards.map { Part(targets: $0, work.missing(for: $0, without: first), work) }
        self.rest = Part(targets: rest, Set(rest.filter { work.isMissing[$0] }), work)
    }

    /// The same targets, with what there is to do for them now.
    func measured(by work: ShardedWork) -> Division {
        Division(shared: shared.targets, shards: shards.map(\.targets), rest: rest.targets, work)
    }
}

extension Division.Part {
    fileprivate init(targets: [Int], _ missing: Set<Int>, _ work: ShardedWork) {
        self.targets = targets
        nodes = missing.count
        seconds = missing.sorted().reduce(0) { $0 + work.seconds[$1] }
    }
}
