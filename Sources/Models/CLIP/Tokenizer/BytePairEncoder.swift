/// Byte-pair encoding of one word: its bytes, then the merge of the lowest rank, again and again.
///
/// tokenizers 0.23: models/bpe, which CLIP's tokenizer uses with the suffix `</w>` on a word's last symbol. Merges are
/// made one at a time, the lowest rank first and at equal ranks the leftmost, in O(n log n) for any word.
struct BytePairEncoder: Sendable {
    struct Merge: Sendable {
        let rank: Int
        let id: Int
    }

    /// By byte, the symbol inside a word and the symbol at a word's end.
    private let inner: [Int]
    private let last: [Int]
    /// By a pair of symbols.
    private let merges: [Pair: Merge]

    struct Pair: Hashable, Sendable {
        let left: Int
        let right: Int
    }

    /// - Parameters:
    ///   - vocabulary: the ids of tokens
    ///   - merges: in order of rank
    ///   - unknown: the id of a byte that the vocabulary lacks
    init(vocabulary: [String: Int], merges: [Pair: Merge], unknown: Int) {
        inner = ByteAlphabet.characters.map { vocabulary[$0] ?? unknown }
        last = ByteAlphabet.characters.map { vocabulary[$0 + ByteAlphabet.endOfWord] ?? unknown }
        self.merges = merges
    }

    /// The tokens of a word, given as UTF-8.
    func encode(_ word: [UInt8]) -> [Int] {
        guard let end = word.last else { return [] }
        var chain = SymbolChain(word.dropLast().map { inner[Int($0)] } + [last[Int(end)]])
        var queue = MinHeap<Candidate>()
        func consider(_ position: Int, _ next: Int?) {
            guard let next, let merge = merges[Pair(left: chain.ids[position], right: chain.ids[next])] else { return }
            queue.insert(Candidate(rank: merge.rank, position: position, id: merge.id))
        }

        for position in word.indices.dropLast() { consider(position, position + 1) }
        while let best = queue.popMinimum() {
            // A neighbour may have been merged since: then this candidate is void.
            guard chain.isAlive[best.position], let next = chain.next(best.position),
                merges[Pair(left: chain.ids[best.position], right: chain.ids[next])]?.id == best.id
            else { continue }
            chain.merge(best.position, next, into: best.id)
            if let previous = chain.previous(best.position) { consider(previous, best.position) }
            consider(best.position, chain.next(best.position))
        }
        return chain.survivors
    }

    private struct Candidate: Comparable {
        let rank: Int
        let position: Int
        let id: Int

        static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
    }
}

/// The symbols of a word, each linked to its living neighbours.
private struct SymbolChain {
    private(set) var ids: [Int]
    private(set) var isAlive: [Bool]
    private var nexts: [Int]
    private var previouses: [Int]

    init(_ ids: [Int]) {
        self.ids = ids
        isAlive = ids.map { _ in true }
        nexts = ids.indices.map { $0 + 1 }
        previouses = ids.indices.map { $0 - 1 }
    }

    func next(_ position: Int) -> Int? { nexts[position] < ids.count ? nexts[position] : nil }
    func previous(_ position: Int) -> Int? { previouses[position] >= 0 ? previouses[position] : nil }
    var survivors: [Int] { ids.indices.filter { isAlive[$0] }.map { ids[$0] } }

    mutating func merge(_ position: Int, _ next: Int, into id: Int) {
        ids[position] = id
        isAlive[next] = false
        nexts[position] = nexts[next]
        if nexts[next] < ids.count { previouses[nexts[next]] = position }
    }
}
