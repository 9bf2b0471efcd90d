import Graph
import Recipes

/// A condition of the recipe that could not be judged, as what it measures was not made.
public struct UnjudgedExpectation: Sendable {
    public let expectation: Expectation
    /// The instance that was to be measured.
    public let name: InstanceName
    /// Why it was not made.
    public let reason: NotMade
}

/// Why an instance has no result at the end of a run.
public enum NotMade: Hashable, Sendable, CustomStringConvertible {
    case failed(InstanceName)
    case nothingToGive(InstanceName)
    case interrupted
    case endedEarly

    public var description: String {
        switch self {
        case .failed(let cause): "\(cause.title) failed"
        case .nothingToGive(let cause): "\(cause.title) has nothing to give"
        case .interrupted: "the run was interrupted"
        case .endedEarly: "the run ended early"
        }
    }
}
