/// Jobs that can be done now: deliveries first, since they let go of memory, then what planning runs, then the rest in
/// the order of their ranks (`NeededInstances`).
struct JobQueue {
    private var deliveries: [Int] = []
    private var early: Lane
    private var others: Lane
    private let isEarly: [Bool]

    init(needed: NeededInstances, isEarly: [Bool]) {
        self.isEarly = isEarly
        early = Lane(needed: needed)
        others = Lane(needed: needed)
    }

    mutating func push(_ job: Scheduler.Job) {
        switch job {
        case .deliver(let index): deliveries.append(index)
        case .run(let index) where isEarly[index]: early.push(index)
        case .run(let index): others.push(index)
        }
    }

    mutating func pop(early isEarlyOnly: Bool) -> Scheduler.Job? {
        if isEarlyOnly { return early.pop().map { .run($0) } }
        if let index = deliveries.popLast() { return .deliver(index) }
        return (early.pop() ?? others.pop()).map { .run($0) }
    }

    /// Instances by rank, the lowest first.
    private struct Lane {
        private let order: [Int]
        private let ranks: [Int]
        private var isReady: [Bool]
        /// No lower rank is ready.
        private var lowest: Int

        init(needed: NeededInstances) {
            order = needed.order
            ranks = needed.ranks
            isReady = Array(repeating: false, count: order.count)
            lowest = order.count
        }

        mutating func push(_ index: Int) {
            isReady[ranks[index]] = true
            lowest = min(lowest, ranks[index])
        }

        mutating func pop() -> Int? {
            while lowest < isReady.count {
                defer { lowest += 1 }
                guard isReady[lowest] else { continue }
                isReady[lowest] = false
                return order[lowest]
            }
            return nil
        }
    }
}
