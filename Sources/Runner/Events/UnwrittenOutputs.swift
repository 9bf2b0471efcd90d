import Recipes

/// Outputs that could not be written: the first for each reason is said at once, the others are counted.
struct UnwrittenOutputs: Sendable {
    private var repetitions = Repetitions<String>()

    /// - Returns: what is to be said of it now.
    mutating func note(_ output: OutputReport) -> Diagnostic? {
        guard case .failed(let error) = output.outcome, repetitions.isFirst("\(error)", of: output.path) else {
            return nil
        }
        return output.failure
    }

    /// What is left to be said at the end.
    var rest: [String] {
        repetitions.others.map { others in
            "\(counted(others.count, "more output")) could not be written for the same reason (\(others.kind)): \(others.list)"
        }
    }
}
