import Dispatch
import Synchronization

/// Collects writes and commits them together: half a second after the first, sooner when many bytes wait, and on demand.
final class GroupCommit: Sendable {
    private struct State {
        var pending = WriteBatch()
        /// On its way into the database, and still to be read from here.
        var committing = WriteBatch()
        var isScheduled = false
    }

    /// Bytes of values that may wait in memory.
    private static let sizeLimit = 32 << 20
    private static let delay = DispatchTimeInterval.milliseconds(500)

    private let database: StoreDatabase
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "pulid-run.store.commit")

    init(database: StoreDatabase) { self.database = database }

    func add(_ change: (inout sending WriteBatch) -> Void) {
        let (schedule, isFull) = state.withLock { state in
            change(&state.pending)
            defer { state.isScheduled = true }
            return (!state.isScheduled, state.pending.size > Self.sizeLimit)
        }
        if isFull {
            flush()
        } else if schedule {
            queue.asyncAfter(deadline: .now() + Self.delay) { [weak self] in self?.commit() }
        }
    }

    /// The newest of what has not been committed, where `find` finds anything.
    func find<Found: Sendable>(_ find: (borrowing WriteBatch) -> Found?) -> Found? {
        state.withLock { find($0.pending) ?? find($0.committing) }
    }

    /// Returns when all that was added before is committed, or was given up.
    func flush() { queue.sync { commit() } }

    /// On `queue`, which makes it the only writer of this process.
    private func commit() {
        let batch = state.withLock { state in
            state.isScheduled = false
            (state.committing, state.pending) = (state.pending, WriteBatch())
            return state.committing
        }
        guard !batch.isEmpty else { return }
        database.write { db in try batch.write(to: db) }
        // The claims end when the batch is forgotten, after the commit.
        state.withLock { $0.committing = WriteBatch() }
        for claim in batch.claims { claim.release() }
    }
}
