import Graph
import Imaging

/// How a picture stands among several renders.
public struct SpreadArtifact: Artifact {
    public static let kind = "spread test"
    public static let fields = ["share_passing", "worst_z", "critical_z"]

    public static func help(field name: String) -> String? {
        switch name {
        case "share_passing": "pixels that pass the test, as a part of all, 0 to 1; Mitsuba asks for 0.9975"
        case "worst_z": "the largest distance of a channel from the renders' mean, in standard deviations"
        case "critical_z": "the distance from which a channel fails, in standard deviations"
        default: nil
        }
    }

    public static func range(field name: String) -> ClosedRange<Double>? { name == "share_passing" ? 0...1 : 0...Double.infinity }

    public let test: RenderSpread.Test

    public init(_ test: RenderSpread.Test) { self.test = test }

    public func field(_ name: String) -> Double? {
        switch name {
        case "share_passing": test.passing
        case "worst_z": test.worst
        case "critical_z": test.critical
        default: nil
        }
    }

    public var record: Record {
        let numbers = Self.fields.map { ($0, Value.number(field($0) ?? 0)) }
        return Record(kind: Self.kind, values: Dictionary(uniqueKeysWithValues: numbers))
    }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        let numbers = Self.fields.compactMap { name in
            if case .number(let number)? = record.values[name] { number } else { nil }
        }
        guard numbers.count == 3 else { throw ArtifactError.damaged(kind: Self.kind, reason: "a measure is missing") }
        test = RenderSpread.Test(passing: numbers[0], worst: numbers[1], critical: numbers[2])
    }
}
