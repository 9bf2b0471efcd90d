import Graph
import Recipes

/// What became of an output file.
public struct OutputReport: Sendable {
    public enum Outcome: Sendable {
        case written
        /// The file was as it should be, and was not touched.
        case unchanged
        case failed(any Error)
    }

    /// With the output folder in front.
    public let path: String
    public let outcome: Outcome
    public let location: SourceLocation
    /// How many files it is about: of the output folder, all that it was to take.
    public let files: Int

    public init(path: String, outcome: Outcome, location: SourceLocation, files: Int = 1) {
        self.path = path
        self.outcome = outcome
        self.location = location
        self.files = files
    }

    public var failure: Diagnostic? {
        guard case .failed(let error) = outcome else { return nil }
        return Diagnostic(.error, "`\(path)` could not be written: \(error)", at: location)
    }
}
