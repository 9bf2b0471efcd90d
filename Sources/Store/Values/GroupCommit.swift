import Dispatch
import Foundation
import Graph
import Synchronization

/// Collects writes and commits them together: half a second after the first, sooner when many bytes or claims wait, and on demand.
/// What could not be committed is kept and tried again, for as long as it takes; where a disk has no room for all, small values
/// do not wait for large ones.
final class GroupCommit: Sendable {
    private struct State {
        var pending = WriteBatch()
        /// On its way into the database, and still to be read from here.
        var committing = WriteBatch()
        var isScheduled = false
        /// In a row.
        var failures = 0
        var lastReason = ""
        /// Results whose values were let go of.
        var dropped = 0

        /// What nobody waits for any more: others, and this process, may compute it again.
        mutating func takeClaims() -> [Claim] {
            defer { (pending.claims, committing.claims) = ([], []) }
            return pending.claims + committing.claims
        }
    }

    /// Bytes of values that may wait in memory.
    private static let sizeLimit = 32 << 20
    /// Claims that may wait: the kernel looks through all of them for every lock.
    private static let claimLimit = 500
    /// Seconds.
    private static let delay = 0.5
    private static let longestDelay = 30.0
    /// How often a commit may fail before others may compute the same: they cannot wait for a disk that stays full.
    private static let failuresWithClaims = 3

    private let path: String
    private let notices: Notices
    private let write: @Sendable (WriteBatch) -> StoreDatabase.Outcome
    private let makeRoom: @Sendable () -> Void
    private let onCommit: @Sendable (WriteBatch) -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "pulid-run.store.commit")

    /// - Parameters:
    ///   - path: of the cache.
    ///   - write: one transaction.
    ///   - makeRoom: called before less is tried than there was no room for
    ///   - onCommit: after it, before the claims end.
    init(
        path: String,
        notices: Notices,
        write: @escaping @Sendable (WriteBatch) -> StoreDatabase.Outcome,
        makeRoom: @escaping @Sendable () -> Void,
        onCommit: @escaping @Sendable (WriteBatch) -> Void
    ) {
        self.path = path
        self.notices = notices
        self.write = write
        self.makeRoom = makeRoom
        self.onCommit = onCommit
    }

    func add(_ change: (inout sending WriteBatch) -> Void) {
        let (mustSchedule, mustHurry, isFull, isDropping, claims) = state.withLock { state in
            change(&state.pending)
            let mustHurry = state.pending.claims.count == Self.claimLimit && state.failures == 0
            let isFull = state.pending.size + state.committing.size > Self.sizeLimit
            let isDropping = isFull && state.failures > 0
            if isDropping {
                state.dropped += state.pending.waitingResults + state.committing.waitingResults
                state.pending.dropValues()
                state.committing.dropValues()
            }
            // Who needs a value that was let go of makes it again.
            let claims = isDropping || state.failures >= Self.failuresWithClaims ? state.takeClaims() : []
            defer { state.isScheduled = true }
            return (!state.isScheduled, mustHurry, isFull, isDropping, claims)
        }
        for claim in claims { claim.release() }
        if isDropping {
            notices.warn(
                "the cache \(path) cannot be written for too long: values are not kept until it can",
                onceFor: "dropping"
            )
        }
        if mustSchedule { schedule(after: Self.delay) }
        if mustHurry { schedule(after: 0) }
        if isFull, !isDropping { queue.sync { _ = commit() } }
    }

    /// The newest of what has not been committed, where `find` finds anything.
    func find<Found: Sendable>(_ find: (borrowing WriteBatch) -> Found?) -> Found? {
        state.withLock { find($0.pending) ?? find($0.committing) }
    }

    /// Whether what waits is likely to be committed; else its values may have to be let go of.
    var isKeepingUp: Bool { state.withLock { $0.failures == 0 } }

    /// Results that are lost, where nothing is committed any more.
    var unkept: Int { state.withLock { $0.dropped + $0.pending.unkept + $0.committing.unkept } }

    /// Counts a result whose value could not be written beside the database.
    func noteLoss() { state.withLock { $0.dropped += 1 } }

    /// What has not been committed, the newer part first.
    var waiting: [WriteBatch] { state.withLock { [$0.pending, $0.committing].filter { !$0.isEmpty } } }

    /// Returns when all that was added before is committed, or was given up; where that does not succeed, after some
    /// seconds.
    /// - Returns: why something still waits.
    @discardableResult
    func flush(patience: Duration = .seconds(5)) -> String? {
        let deadline = ContinuousClock.now + patience
        while !queue.sync(execute: commit) {
            if ContinuousClock.now > deadline { return state.withLock(\.lastReason) }
            usleep(100_000)
        }
        return nil
    }

    private func schedule(after seconds: Double) {
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in _ = self?.commit() }
    }

    /// On `queue`, so that there is one at a time.
    /// - Returns: whether nothing is left of what was there when it began.
    private func commit() -> Bool {
        let batch = state.withLock { state in
            state.isScheduled = false
            if state.committing.isEmpty {
                (state.committing, state.pending) = (state.pending, WriteBatch())
            } else {
                state.committing.merge(state.pending)
                state.pending = WriteBatch()
            }
            return state.committing
        }
        guard !batch.isEmpty else { return true }
        switch write(batch) {
        case .committed:
            onCommit(batch)
            noteSuccess()
        case .refused:
            state.withLock { $0.committing = WriteBatch() }
            for claim in batch.claims { claim.release() }
        case .postponed(let reason, let isForWantOfRoom):
            guard isForWantOfRoom, commitParts(of: batch) else {
                noteFailure(reason)
                return false
            }
            noteSuccess()
        }
        return true
    }

    private func noteSuccess() {
        let (wasFailing, claims) = state.withLock { state in
            defer { (state.committing, state.failures) = (WriteBatch(), 0) }
            return (state.failures > 0, state.committing.claims)
        }
        if wasFailing { notices.warn("the cache \(path) is written again") }
        for claim in claims { claim.release() }
    }

    /// - Returns: whether there was room for all.
    private func commitParts(of batch: WriteBatch) -> Bool {
        commitPart(batch.withoutWaitingValues) && commitSmallest(batch.waitingValues[...], of: batch)
    }

    /// From the smallest on, as many as there is room for.
    private func commitSmallest(_ values: ArraySlice<Digest>, of batch: WriteBatch) -> Bool {
        if commitPart(batch.part(values: values)) { return true }
        guard values.count > 1 else { return false }
        let middle = values.startIndex + values.count / 2
        return commitSmallest(values[..<middle], of: batch) && commitSmallest(values[middle...], of: batch)
    }

    private func commitPart(_ part: WriteBatch) -> Bool {
        guard !part.isEmpty else { return true }
        makeRoom()
        guard write(part) == .committed else { return false }
        state.withLock { $0.committing.remove(part) }
        onCommit(part)
        return true
    }

    private func noteFailure(_ reason: String) {
        let (failures, claims) = state.withLock { state in
            state.failures += 1
            state.lastReason = reason
            state.isScheduled = true
            return (state.failures, state.failures >= Self.failuresWithClaims ? state.takeClaims() : [])
        }
        if failures == 1 { notices.warn("the cache \(path) cannot be written now (\(reason)): it is tried again") }
        for claim in claims { claim.release() }
        schedule(after: min(Self.delay * pow(2, Double(failures - 1)), Self.longestDelay))
    }
}
