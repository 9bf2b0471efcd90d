import Graph

/// What a kind of comparison measures; in the order of a table's columns.
public protocol MeasureKind: RawRepresentable<String>, CaseIterable, Hashable, Sendable where AllCases == [Self] {
    /// What recipes and messages call the measured values.
    static var kind: String { get }
    var help: String { get }
    /// What values it can have; nil where any number is possible.
    var range: ClosedRange<Double>? { get }
}

/// The result of a comparison: a number for each measure that was taken.
public struct MeasuredValues<Kind: MeasureKind>: Artifact {
    public typealias Measure = Kind

    public static var kind: String { Kind.kind }
    public static var fields: [String] { Kind.allCases.map(\.rawValue) }
    public static func help(field name: String) -> String? { Kind(rawValue: name)?.help }
    public static func range(field name: String) -> ClosedRange<Double>? { Kind(rawValue: name)?.range }

    /// Measures that were not taken are absent.
    public let values: [Kind: Double]

    public init(_ values: [Kind: Double]) { self.values = values }

    /// What was measured, in the order of a table's columns.
    public var inOrder: [(name: String, value: Double)] {
        Kind.allCases.compactMap { measure in values[measure].map { (measure.rawValue, $0) } }
    }

    public func field(_ name: String) -> Double? { Kind(rawValue: name).flatMap { values[$0] } }

    public var record: ArtifactRecord {
        let pairs = values.map { ($0.rawValue, Value.number($1)) }
        return ArtifactRecord(kind: Self.kind, values: Dictionary(uniqueKeysWithValues: pairs))
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        var values: [Kind: Double] = [:]
        for (name, value) in record.values {
            guard let measure = Kind(rawValue: name), case .number(let number) = value else {
                throw ArtifactError.damaged(kind: Self.kind, reason: "\(name) is not a measure")
            }
            values[measure] = number
        }
        self.values = values
    }
}
