import Graph

/// Checkpoints of a node that takes one step after the other: one now and then, and one when it is about to stop.
struct SteppedCheckpoints {
    private let context: RunContext
    private let interval: Duration
    private var last = ContinuousClock.now
    /// A step was done that is in no checkpoint.
    private var isBehind = false

    init(_ context: RunContext, every interval: Duration) {
        self.context = context
        self.interval = interval
    }

    /// Between two steps: throws once the user has asked to stop, with everything kept.
    ///
    /// - Parameter record: what the steps so far came to
    func checkCancellation(_ record: () -> ArtifactRecord) throws {
        do { try context.checkCancellation() } catch {
            if isBehind { context.checkpoints.save(record()) }
            throw error
        }
    }

    /// After a step.
    mutating func advance(_ record: () -> ArtifactRecord) {
        isBehind = .now - last <= interval
        guard !isBehind else { return }
        context.checkpoints.save(record())
        last = .now
    }
}
