import Synchronization

/// Splits loops over threads. Results have the same bits whatever their number: where the order of sums matters, a loop
/// is cut by its size alone.
public enum Parallel {
    /// Runs `body` for 0 ..< count, in any order, on up to `ComputeSettings.threads` threads, and returns when all are done.
    /// What `body` computes has the caller's settings; loops within share what threads are left.
    ///
    /// - Parameter work: about how many operations all calls are together; few are done by one thread
    public static func forEach(_ count: Int, work: Int = .max, _ body: (Int) -> Void) {
        onThreads(count, work) { next in
            while let i = next() { body(i) }
        }
    }

    /// As `forEach`, and hands each call `scratch` floats, whatever they hold, that no other call uses meanwhile,
    /// on a boundary of 64 bytes.
    static func forEach(
        _ count: Int,
        work: Int = .max,
        scratch: Int,
        _ body: (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        onThreads(count, work) { next in
            FloatPool.shared.with(scratch) { buffer in
                while let i = next() { body(i, buffer) }
            }
        }
    }

    /// Operations that take one thread as long as starting others does.
    private static let leastWork = 1 << 18

    /// Runs `worker` on as many threads as there is work for; `next` deals out 0 ..< count.
    private static func onThreads(_ count: Int, _ work: Int, _ worker: (_ next: () -> Int?) -> Void) {
        var settings = ComputeSettings.current
        let threads = min(work < leastWork ? 1 : settings.threads, count)
        guard threads > 0 else { return }
        let dealt = Atomic<Int>(0)
        let next: () -> Int? = {
            let i = dealt.wrappingAdd(1, ordering: .relaxed).oldValue
            return i < count ? i : nil
        }
        if threads == 1 { return worker(next) }
        settings.threads /= threads
        WorkerPool.shared.run(on: threads) { settings.scope { worker(next) } }
    }

    /// Cuts 0 ..< count into ranges of `grain` (the last one shorter) and runs `body` for each.
    public static func forRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let grain = max(1, grain)
        forEach((count + grain - 1) / grain) { i in
            body(i * grain..<min(count, (i + 1) * grain))
        }
    }

    /// As `forRanges`, with scratch as `forEach` hands it out.
    static func forRanges(
        _ count: Int,
        grain: Int,
        scratch: Int,
        _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        forEach((count + grain - 1) / grain, scratch: scratch) { i, scratch in
            body(i * grain..<min(count, (i + 1) * grain), scratch)
        }
    }
}
