import Dispatch
import Foundation
import Synchronization

/// Splits loops over threads. How a loop is cut into pieces depends on its size alone, never on the number of threads,
/// so results have the same bits whatever `width` is.
public enum Parallel {
    /// How many threads a loop may use; set for a scope with `Parallel.$width.withValue`.
    @TaskLocal public static var width = ProcessInfo.processInfo.activeProcessorCount

    /// Runs `body` for 0 ..< count, in any order, on up to `width` threads, and returns when all are done.
    public static func forEach(_ count: Int, _ body: (Int) -> Void) {
        let threads = min(width, count)
        guard threads > 1 else {
            for i in 0..<count { body(i) }
            return
        }
        let next = Atomic<Int>(0)
        // The closure outlives neither this call nor what it captures.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard i < count else { return }
                body(i)
            }
        }
    }

    /// Cuts 0 ..< count into ranges of `grain` (the last one shorter) and runs `body` for each.
    public static func forRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let grain = max(1, grain)
        forEach((count + grain - 1) / grain) { i in
            body(i * grain..<min(count, (i + 1) * grain))
        }
    }
}
