import Graph

/// How far the numbers of two results are apart.
public typealias DifferencesArtifact = MeasuredValues<TensorMeasure>

/// What is measured of the numbers of two results.
public enum TensorMeasure: String, MeasureKind {
    public static let kind = "differences"

    case maxAbs = "max_abs"
    case relativeL2 = "relative_l2"
    case cosine, ulps, differing, count

    public var help: String {
        switch self {
        case .maxAbs: "the largest difference of two numbers, in their own unit"
        case .relativeL2: "the length of the difference over that of the baseline; 0 for equal ones"
        case .cosine: "the cosine of the angle between the two, -1 to 1; 1 for equal ones"
        case .ulps: "the most steps of the numbers' format between two of them; 0 for the same bits"
        case .differing: "how many numbers differ"
        case .count: "how many numbers there are"
        }
    }

    public var range: ClosedRange<Double>? { nil }
}

extension DifferencesArtifact {
    public init(_ differences: RecordDifferences) {
        self.init([
            .maxAbs: differences.maxAbs, .relativeL2: differences.relativeL2, .cosine: differences.cosine,
            .ulps: Double(differences.ulps), .differing: Double(differences.differing),
            .count: Double(differences.count),
        ])
    }
}
