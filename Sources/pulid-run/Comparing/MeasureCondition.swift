import Graph
import Nodes
import Recipes

/// A condition on what `compare` measures: `ssim >= 0.99`, `max_abs <= 1/255`.
struct MeasureCondition: Sendable {
    let field: String
    let comparison: Expectation.Comparison
    let bound: Double
    let text: String

    /// - Throws: `MeasureConditionError`.
    init(_ text: String) throws(MeasureConditionError) {
        self.text = text
        guard
            let (written, range) = Expectation.Comparison.allCases.lazy
                .compactMap({ comparison in text.firstRange(of: comparison.rawValue).map { (comparison, $0) } })
                .first
        else { throw .noComparison(text) }
        let field = text[..<range.lowerBound].filter { $0 != " " }
        let number = text[range.upperBound...].filter { $0 != " " }
        guard FileComparison.fields.contains(field) else {
            throw .noField(field, nearest: nearMatch(to: field, among: FileComparison.fields))
        }
        guard let bound = numberOrFraction(number) else { throw .noNumber(number) }
        guard ScoresArtifact.range(field: field).map({ written.canHold(in: $0, bound) }) ?? true else {
            throw .neverHolds(text)
        }
        (self.field, self.comparison, self.bound) = (field, written, bound)
    }

    /// A field that was not measured fails.
    func holds(for measures: [(name: String, value: Double)]) -> Bool {
        measures.first { $0.name == field }.map { comparison.holds($0.value, bound) } ?? false
    }
}

enum MeasureConditionError: Error, Hashable {
    case noComparison(String)
    case noField(String, nearest: String?)
    case noNumber(String)
    case neverHolds(String)
}

extension MeasureConditionError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noComparison(let text): "`\(text)` compares nothing; write it as 'ssim >= 0.99'"
        case .noField(let field, let nearest):
            "there is no measure `\(field)`"
                + (nearest.map { "; did you mean `\($0)`?" } ?? "; they are \(FileComparison.fields.joined(separator: ", "))")
        case .noNumber(let text): "`\(text)` is no number; write 0.01 or 1/255"
        case .neverHolds(let text): "`\(text)` can never hold"
        }
    }
}
