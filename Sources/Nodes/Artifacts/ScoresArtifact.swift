import Graph

/// Measures of one picture.
public struct ScoresArtifact: Artifact {
    public static let kind = "scores"
    public static let fields = Measure.allCases.map(\.rawValue)

    /// In the order of a table's columns.
    public enum Measure: String, CaseIterable, Sendable {
        case maxAbs = "max_abs"
        case meanAbs = "mean_abs"
        case psnr, ssim
        case idSimilarity = "id_similarity"
        /// Faces in the picture, where they were looked for.
        case faces
        /// 1 where every threshold holds, else 0.
        case pass
    }

    /// Measures that were not taken are absent.
    public let values: [Measure: Double]

    public init(_ values: [Measure: Double]) { self.values = values }

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
