import Graph
import Synchronization

/// A node's checkpoints as the engine keeps them, and a stop at will.
final class KeptRecords: Sendable {
    private let state = Mutex(State())

    private struct State {
        var records: [ArtifactRecord] = []
        var refused = 0
        var looks = 0
        var stopAt: Int?
    }

    /// What was saved, and not refused since, the newest last.
    var records: [ArtifactRecord] {
        get { state.withLock { $0.records } }
        set { state.withLock { $0.records = newValue } }
    }
    /// Records that did not fit.
    var refused: Int { state.withLock { $0.refused } }
    /// How often a node has asked whether it is to stop.
    var looks: Int { state.withLock { $0.looks } }

    /// Lets a node be stopped at the look after so many; nil for never.
    func stop(after looks: Int?) {
        state.withLock {
            $0.looks = 0
            $0.stopAt = looks.map { $0 + 1 }
        }
    }

    /// - Parameter interval: between two checkpoints of a node that is not stopped
    func context(
        interval: Duration = .seconds(60),
        progress: @escaping @Sendable (Int, Int, String?) -> Void = { _, _, _ in }
    ) -> RunContext {
        RunContext(
            fileDigest: NodeRunner.fileDigest,
            progress: progress,
            checkCancellation: { [self] in
                let isToStop = state.withLock { state in
                    state.looks += 1
                    return state.looks == state.stopAt
                }
                if isToStop { throw CancellationError() }
            },
            checkpoints: Checkpoints(
                interval: interval,
                read: { [self] accept in
                    while let record = records.last {
                        do { return try accept(record) } catch {
                            state.withLock { state in
                                state.records.removeLast()
                                state.refused += 1
                            }
                        }
                    }
                },
                // As stored and read again: what a record borrows may be others' by then.
                write: { [self] record in
                    guard let stored = try? RecordCoder.decode(RecordCoder.encode(record).bytes) else { return }
                    state.withLock { $0.records.append(stored) }
                }
            )
        )
    }
}
