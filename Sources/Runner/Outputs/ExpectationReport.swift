import Graph
import Recipes

/// Whether a condition of the recipe is met.
public struct ExpectationReport: Sendable {
    public let expectation: Expectation
    /// The instance that was measured.
    public let name: InstanceName
    /// nil where the field was not measured.
    public let measured: Double?
    /// The command that makes the picture the baseline; nil where none is measured.
    public var accept: String?

    public var isMet: Bool {
        measured.map { expectation.comparison.holds($0, expectation.bound) } ?? false
    }

    /// Whether it is met, but is beyond what the recipe warns of.
    public var isWarning: Bool {
        guard isMet, let measured, let warning = expectation.warning else { return false }
        return !expectation.comparison.holds(measured, warning)
    }

    /// For a condition that is not met, or about which there is a warning.
    public var diagnostic: Diagnostic {
        let place = name.cell.coordinates.isEmpty ? "" : " at \(name.place)"
        let value = measured.map { "it is \(TableText.number($0))" } ?? "it was not measured"
        if isWarning {
            return Diagnostic(.warning, "`\(expectation.text)`\(place): \(value)", at: expectation.location)
        }
        return Diagnostic(
            .error,
            "expected `\(expectation.text)`\(place), but \(value)",
            at: expectation.location,
            hint: accept.map { "if it is to be so: \($0)" }
        )
    }
}
