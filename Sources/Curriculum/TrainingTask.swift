import Tensors
import Training

/// A training as a whole: what each step draws, what it is asked to do, and for how long. What there is to know between
/// two steps lies in `trainer`, so a task that is made anew and resumes from the trainer's state goes on with the same
/// bits.
public protocol TrainingTask: Sendable {
    associatedtype Network: Sendable

    var trainer: Trainer { get set }
    /// Steps from the beginning to the end.
    var steps: Int { get }
    /// Makes the network that is trained.
    var build: @Sendable (Weights) throws -> Network { get }

    /// - Throws: `TrainingError`, `WeightsError`
    mutating func step() throws -> StepReport
    /// What came out, by the names that the network's file has; asked for after the last step.
    func result() throws -> [String: Tensor]
}

extension TrainingTask {
    public var isDone: Bool { trainer.step >= steps }

    /// Goes on from a state of the same task. When it fails nothing has changed.
    ///
    /// - Throws: `TrainingError.notResumable`; `WeightsError` where the state is of another network
    public mutating func resume(from state: TrainingState) throws {
        try trainer.resume(from: state, build: build)
    }
}
