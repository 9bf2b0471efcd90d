import CPeak
import Foundation
import Kernels

/// What a table must say about where it was measured.
struct MachineReport {
    let processor: String
    let threads: Int
    /// Of fused multiply-adds in registers on all threads, in FLOP/s: no product of matrices can be faster.
    let peak: Double
    let vectors: String

    init(_ clock: Clock) {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        threads = ComputeSettings.current.threads
        vectors = String(cString: peak_name())
        peak = Self.measuredPeak(clock)
    }

    /// The best of some runs of about 50 ms, since other processes may use the processor too.
    private static func measuredPeak(_ clock: Clock) -> Double {
        let slots = UnsafeMutablePointer<(work: Double, sink: Float)>.allocate(
            capacity: ComputeSettings.current.threads
        )
        defer { slots.deallocate() }
        nonisolated(unsafe) let results = slots
        return (0..<10).map { _ in
            let seconds = clock.seconds(threads: ComputeSettings.current.threads) {
                Parallel.forEach(ComputeSettings.current.threads) { i in
                    var sink: Float = 0
                    let work = peak_run(1 << 21, &sink)
                    results[i] = (work, sink)
                }
            }
            return (0..<ComputeSettings.current.threads).reduce(0) { $0 + results[$1].work } / seconds
        }.max() ?? 0
    }
}
