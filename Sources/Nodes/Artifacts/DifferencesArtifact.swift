import Graph

/// How far the numbers of two results are apart.
public struct DifferencesArtifact: Artifact {
    public static let kind = "differences"
    public static let fields = Measure.allCases.map(\.rawValue)
    public static func help(field name: String) -> String? { Measure(rawValue: name)?.help }

    /// In the order of a table's columns.
    public enum Measure: String, CaseIterable, Sendable {
        case maxAbs = "max_abs"
        case relativeL2 = "relative_l2"
        case cosine, ulps, differing, count

        var help: String {
            switch self {
            case .maxAbs: "the largest difference of two numbers, in their own unit"
            case .relativeL2: "the length of the difference over that of the baseline; 0 for equal ones"
            case .cosine: "the cosine of the angle between the two, -1 to 1; 1 for equal ones"
            case .ulps: "the most steps of the numbers' format between two of them; 0 for the same bits"
            case .differing: "how many numbers differ"
            case .count: "how many numbers there are"
            }
        }
    }

    public let values: [Measure: Double]

    public init(_ differences: RecordDifferences) {
        values = [
            .maxAbs: differences.maxAbs, .relativeL2: differences.relativeL2, .cosine: differences.cosine,
            .ulps: Double(differences.ulps), .differing: Double(differences.differing), .count: Double(differences.count),
        ]
    }

    public func field(_ name: String) -> Double? { Measure(rawValue: name).flatMap { values[$0] } }

    public var record: Record {
        let pairs = values.map { ($0.rawValue, Value.number($1)) }
        return Record(kind: Self.kind, values: Dictionary(uniqueKeysWithValues: pairs))
    }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        var values: [Measure: Double] = [:]
        for (name, value) in record.values {
            guard let measure = Measure(rawValue: name), case .number(let number) = value else {
                throw ArtifactError.damaged(kind: Self.kind, reason: "\(name) is not a measure")
            }
            values[measure] = number
        }
        self.values = values
    }
}
