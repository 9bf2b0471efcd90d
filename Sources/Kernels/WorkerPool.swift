import CKernels
import Foundation
import Synchronization

/// Threads that share loops, kept for the next ones: they look for work for some microseconds, then sleep.
///
/// Whoever runs a loop works on it too and waits for those alone who have joined it, so that loops within loops and loops
/// of several callers never wait for each other, and threads that the system refuses are done without.
final class WorkerPool: @unchecked Sendable {
    static let shared = WorkerPool()

    /// A loop that threads may join.
    private final class Loop: @unchecked Sendable {
        /// Let go of before the caller goes on.
        var body: (() -> Void)?
        /// Threads that may still join.
        var places: Int
        /// Threads that have joined and have not ended.
        let joined = Atomic<Int>(0)

        init(places: Int, _ body: @escaping () -> Void) {
            self.places = places
            self.body = body
        }

        // Not inlined: no reference to the body may be left when it returns.
        @inline(never) func work() { body?() }
    }

    /// Guards what follows.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    /// There is a loop to join.
    private let isWanted: UnsafeMutablePointer<pthread_cond_t>
    /// Someone was the last to leave a loop.
    private let isLeft: UnsafeMutablePointer<pthread_cond_t>
    private var loops: [Loop] = []
    private var threads = 0
    private var sleeping = 0
    /// The places of all loops, to be looked at without the lock.
    private let places = Atomic<Int>(0)

    private init() {
        lock = .allocate(capacity: 1)
        isWanted = .allocate(capacity: 1)
        isLeft = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(isWanted, nil)
        pthread_cond_init(isLeft, nil)
    }

    /// Runs `body` on this thread and on up to `count` - 1 others at once, and returns when all have ended.
    func run(on count: Int, _ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            let loop = Loop(places: count - 1, body)
            pthread_mutex_lock(lock)
            loops.append(loop)
            places.add(loop.places, ordering: .relaxed)
            while threads < count - 1, start() { threads += 1 }
            pthread_mutex_unlock(lock)
            wake()

            loop.work()

            pthread_mutex_lock(lock)
            places.subtract(loop.places, ordering: .relaxed)
            loop.places = 0
            loops.removeAll { $0 === loop }
            pthread_mutex_unlock(lock)
            if !Self.spins({ loop.joined.load(ordering: .acquiring) == 0 }) {
                pthread_mutex_lock(lock)
                while loop.joined.load(ordering: .acquiring) > 0 { pthread_cond_wait(isLeft, lock) }
                pthread_mutex_unlock(lock)
            }
            loop.body = nil
        }
    }

    /// Two are woken here, and two by each of those: one after the other would take long for many.
    private func wake() {
        guard places.load(ordering: .relaxed) > 0 else { return }
        pthread_cond_signal(isWanted)
        pthread_cond_signal(isWanted)
    }

    /// A thread's life.
    private func serve() {
        while true {
            let loop = next()
            loop.work()
            if loop.joined.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                // Under the lock: whoever waits either sees it or sleeps already.
                pthread_mutex_lock(lock)
                pthread_cond_broadcast(isLeft)
                pthread_mutex_unlock(lock)
            }
        }
    }

    /// Waits for a loop and joins it.
    private func next() -> Loop {
        _ = Self.spins { places.load(ordering: .relaxed) > 0 }
        pthread_mutex_lock(lock)
        while true {
            if let loop = loops.first(where: { $0.places > 0 }) {
                loop.places -= 1
                loop.joined.add(1, ordering: .relaxed)
                places.subtract(1, ordering: .relaxed)
                let others = sleeping > 0
                pthread_mutex_unlock(lock)
                if others { wake() }
                return loop
            }
            sleeping += 1
            pthread_cond_wait(isWanted, lock)
            sleeping -= 1
        }
    }

    /// Looks some thousand times, a few microseconds on any processor, whether a condition holds.
    private static func spins(_ holds: () -> Bool) -> Bool {
        for _ in 0..<1000 {
            if holds() { return true }
            pk_relax()
        }
        return false
    }

    /// Starts a thread, which then lives as long as the process; false if the system refuses.
    private func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // As much as the main thread has: networks are evaluated here too.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { pool in
                if let pool { Unmanaged<WorkerPool>.fromOpaque(pool).takeUnretainedValue().serve() }
                return nil
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        return code == 0
    }
}
