import Graph
import Recipes

/// Whether a condition of the recipe is met.
public struct ExpectationReport: Sendable {
    public let expectation: Expectation
    /// The instance that was measured.
    public let name: InstanceName
    /// nil where the field was not measured.
    public let measured: Double?

    public var isMet: Bool {
        measured.map { expectation.comparison.holds($0, expectation.bound) } ?? false
    }

    /// For a condition that is not met.
    public var diagnostic: Diagnostic {
        let place = name.cell.coordinates.isEmpty ? "" : " at \(name.place)"
        let value = measured.map { "it is \(TableText.number($0))" } ?? "it was not measured"
        return Diagnostic(.error, "expected `\(expectation.text)`\(place), but \(value)", at: expectation.location)
    }
}
