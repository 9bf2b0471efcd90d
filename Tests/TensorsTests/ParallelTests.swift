import Foundation
import Kernels
import Synchronization
import Testing

/// Loops that threads share.
@Suite struct ParallelTests {
    /// What each call of a loop sees, on several threads.
    private func seen<Value: Sendable>(_ count: Int, _ value: @Sendable @escaping () -> Value) -> [Value] {
        let values = Mutex<[Value]>([])
        Parallel.forEach(count) { _ in
            usleep(2000)
            let value = value()
            values.withLock { $0.append(value) }
        }
        return values.withLock { $0 }
    }

    @Test func workersHaveTheCallersSettings() {
        ComputeSettings.with(precision: .plainSums, kernels: .portable, threads: 4) {
            let threads = Set(seen(16) { pthread_self() })
            #expect(threads.count > 1, "nobody helped")
            for settings in seen(16, { ComputeSettings.current }) {
                #expect(settings.precision == .plainSums && settings.kernels == .portable && settings.threads == 1)
            }
            // Threads that are left are for the loops within.
            #expect(seen(2) { ComputeSettings.current.threads } == [2, 2])
            let inner = seen(2) {
                let all = Mutex<[ComputeSettings]>([])
                Parallel.forEach(4) { _ in all.withLock { $0.append(ComputeSettings.current) } }
                return all.withLock { $0 }
            }
            #expect(inner.joined().allSatisfy { $0.precision == .plainSums && $0.threads == 1 })
            #expect(inner.joined().count == 8)
        }
        #expect(ComputeSettings.current.precision == .float32)
    }

    /// Many loops one after the other, within each other and of several callers: each call happens once.
    @Test(arguments: [2, 3, 16, 64]) func everyCallHappensOnce(_ threads: Int) {
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            ComputeSettings.with(threads: threads) {
                for round in 0..<200 {
                    let count = (round * 7 + caller) % 40 + 1
                    let calls = Mutex([Int](repeating: 0, count: count))
                    Parallel.forEach(count) { i in
                        if i % 5 == 0 {
                            Parallel.forEach(3) { _ in calls.withLock { $0[i] += 1 } }
                        } else {
                            calls.withLock { $0[i] += 3 }
                        }
                    }
                    let isRight = calls.withLock { $0.allSatisfy { $0 == 3 } }
                    if !isRight { wrong.withLock { $0 += 1 } }
                }
            }
        }
        let count = wrong.withLock { $0 }
        #expect(count == 0)
    }
}
