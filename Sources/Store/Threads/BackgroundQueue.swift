import Foundation

/// Jobs done in their order by a few threads of their own, which live while there is something to do.
final class BackgroundQueue: @unchecked Sendable {
    typealias Job = @Sendable () -> Void

    private let condition = NSCondition()
    private let width: Int
    private var jobs: [Job] = []
    /// Of `jobs`: where those begin that are not taken yet.
    private var next = 0
    private var threads = 0
    private var isStopped = false

    /// - Parameter width: how many threads there are at most.
    init(width: Int) { self.width = width }

    func add(_ new: [Job]) {
        let starting = condition.withLock {
            if isStopped { return 0 }
            jobs += new
            defer { threads = min(width, threads + new.count) }
            return min(width, threads + new.count) - threads
        }
        for _ in 0..<starting where !WorkerThreads.detach({ self.work() }) { condition.withLock { threads -= 1 } }
    }

    private func work() {
        while let job = take() { job() }
    }

    private func take() -> Job? {
        condition.withLock {
            guard next < jobs.count else {
                threads -= 1
                condition.broadcast()
                return nil
            }
            defer { next += 1 }
            if next > 1024 {
                jobs.removeFirst(next)
                next = 0
            }
            return jobs[next]
        }
    }

    /// Returns when all is done, or `mayWait`, which is asked ten times a second, says no.
    /// - Returns: whether all is done.
    func wait(while mayWait: () -> Bool) -> Bool {
        // Where the system gave no thread, this one does the work.
        while condition.withLock({ threads == 0 && next < jobs.count }), mayWait() {
            guard
                let job = condition.withLock({ () -> Job? in
                    guard next < jobs.count else { return nil }
                    defer { next += 1 }
                    return jobs[next]
                })
            else { break }
            job()
        }
        return condition.withLock {
            while threads > 0 {
                guard mayWait() else { return false }
                _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
            }
            return next >= jobs.count
        }
    }

    /// Forgets what was not begun, and returns when the rest is done.
    /// - Returns: how much was forgotten.
    @discardableResult
    func stop() -> Int {
        condition.withLock {
            isStopped = true
            let forgotten = jobs.count - next
            (jobs, next) = ([], 0)
            while threads > 0 { condition.wait() }
            return forgotten
        }
    }
}
