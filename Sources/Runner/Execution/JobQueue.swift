import HeapModule

/// Jobs that can be done now: deliveries first, since they let go of memory, then what planning runs, then the rest in
/// the order of their ranks (`NeededInstances`).
struct JobQueue {
    private struct Entry: Comparable {
        let rank: Int
        let instance: Int

        static func < (a: Entry, b: Entry) -> Bool { a.rank < b.rank }
    }

    private var deliveries: [Int] = []
    private var early = Heap<Entry>()
    private var others = Heap<Entry>()
    private let ranks: [Int]

    init(ranks: [Int]) { self.ranks = ranks }

    mutating func push(_ job: Scheduler.Job, isEarly: Bool) {
        switch job {
        case .deliver(let index): deliveries.append(index)
        case .run(let index):
            let entry = Entry(rank: ranks[index], instance: index)
            if isEarly { early.insert(entry) } else { others.insert(entry) }
        }
    }

    mutating func pop(early isEarlyOnly: Bool) -> Scheduler.Job? {
        if isEarlyOnly { return early.popMin().map { .run($0.instance) } }
        if let index = deliveries.popLast() { return .deliver(index) }
        return (early.popMin() ?? others.popMin()).map { .run($0.instance) }
    }
}
