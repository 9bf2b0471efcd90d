import Foundation

/// What a benchmark's seconds are.
enum Clock: String, CaseIterable {
    /// Time that passes.
    case wall
    /// Time that this process's threads ran, divided by their number: the same on a machine that nobody else uses, and
    /// all that can be told on one that others use too. Waiting for memory counts, waiting for a turn does not.
    case processor

    private var now: Double {
        var time = timespec()
        clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Of one call of `body`, from as many calls as take `least` seconds together: short work is else lost in the clock's
    /// and the scheduler's grain.
    func seconds(least: Double = 0, threads: Int = 1, _ body: () throws -> Void) rethrows -> Double {
        let start = now
        var calls = 0.0
        while true {
            try body()
            calls += 1
            let elapsed = (now - start) / Double(self == .wall ? 1 : threads)
            if elapsed >= least { return elapsed / calls }
        }
    }
}

/// The times of one piece of work, in seconds.
struct Timing {
    private(set) var seconds: [Double] = []

    mutating func add(_ value: Double) { seconds.append(value) }

    var median: Double? {
        guard !seconds.isEmpty else { return nil }
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
