import Imaging

/// How a picture stands among several renders.
public typealias SpreadArtifact = MeasuredValues<SpreadMeasure>

/// What is measured of a picture among several renders.
public enum SpreadMeasure: String, MeasureKind {
    public static let kind = "spread test"

    case sharePassing = "share_passing"
    case worstZ = "worst_z"
    case criticalZ = "critical_z"

    public var help: String {
        switch self {
        case .sharePassing: "pixels that pass the test, as a fraction of all, 0 to 1; Mitsuba asks for 0.9975"
        case .worstZ: "the largest distance of a channel from the renders' mean, in standard deviations"
        case .criticalZ: "the distance from which a channel fails, in standard deviations"
        }
    }

    public var range: ClosedRange<Double>? {
        switch self {
        case .sharePassing: 0...1
        case .worstZ, .criticalZ: 0...Double.infinity
        }
    }
}

extension SpreadArtifact {
    public init(_ test: RenderSpread.Test) {
        self.init([.sharePassing: test.passing, .worstZ: test.worst, .criticalZ: test.critical])
    }
}
