/// Why a training cannot go on, or not be resumed. The data is here; the words are in `description`.
public enum TrainingError: Error, Hashable, Sendable {
    case emptyBatch
    /// A loss or the norm of the gradients is no finite number; the parameters are those before this step.
    case diverged(step: Int, losses: [String: Float], norm: Double)
    case notResumable(TrainingStateFault)
    /// Of the processes that train together another has failed, and why.
    case failedElsewhere(String)
}

/// What is wrong with a state that a training should go on from.
public enum TrainingStateFault: Hashable, Sendable {
    case badNumbers(field: String, found: [UInt64]?)
    /// A tensor belongs to no parameter, or has another shape than it.
    case strayTensor(String)
    case missingTensor(String)
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyBatch:
            "a training step needs at least one sample"
        case .diverged(let step, let losses, let norm):
            "step \(step): training diverged: gradient norm \(norm)"
                + losses.sorted { $0.key < $1.key }.map { ", \($0.key) \($0.value)" }.joined()
                + "; lower the learning rate, or go back to an earlier checkpoint"
        case .failedElsewhere(let reason): "another of the processes that train together failed: \(reason)"
        case .notResumable(let fault): "a training cannot go on from this state: \(fault)"
        }
    }
}

extension TrainingStateFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badNumbers(let field, let found): "its \(field) is " + (found.map { "\($0)" } ?? "missing")
        case .strayTensor(let name): "\(name) fits none of its parameters"
        case .missingTensor(let name): "\(name) is missing"
        }
    }
}
