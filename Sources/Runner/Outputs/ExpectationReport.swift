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

    /// How far it is from being met, as a share of its bound; nil where it is met.
    public var excess: Double? { expectation.excess(of: measured) }

    /// For a condition that is not met, or about which there is a warning.
    public var diagnostic: Diagnostic {
        let place = name.cell.coordinates.isEmpty ? "" : " at \(name.shortPlace)"
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

extension Expectation {
    /// How far a value is on the wrong side of the bound, as a share of it; nil where the condition is met.
    ///
    /// - Parameter measured: nil where the field was not measured, which is as bad as can be.
    public func excess(of measured: Double?) -> Double? {
        let most = 1e8
        guard let measured else { return most }
        guard !comparison.holds(measured, bound) else { return nil }
        let excess = abs(measured - bound) / max(abs(bound), 1e-6)
        return excess.isFinite ? min(excess, most) : most
    }
}
