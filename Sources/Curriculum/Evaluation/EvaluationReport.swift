import Foundation

/// What was measured of many people: a mean for each of them, so that chance can be told from merit.
public struct EvaluationReport: Hashable, Sendable {
    /// For each person the mean over prompts and seeds; nil where it could not be measured.
    public var values: [EvaluationMetric: [Double?]]
    /// Of each person, in the same order, the name of the skin's tone; empty where nobody asks.
    public var skins: [String]
    /// Pictures measured.
    public var pictures: Int
    /// The share in which a face was found.
    public var facesFound: Double

    public init(values: [EvaluationMetric: [Double?]], skins: [String] = [], pictures: Int, facesFound: Double) {
        (self.values, self.skins, self.pictures, self.facesFound) = (values, skins, pictures, facesFound)
    }

    /// A mean over people, and where it lies with a probability of 95 % had other people been drawn.
    public struct Estimate: Hashable, Sendable {
        public let mean, low, high: Double
    }

    /// nil where nothing could be measured.
    ///
    /// - Parameter skin: of people of one skin tone alone
    public func estimate(_ metric: EvaluationMetric, skin: String? = nil) -> Estimate? {
        let values = (values[metric] ?? []).enumerated().compactMap { person, value in
            skin == nil || person < skins.count && skins[person] == skin ? value : nil
        }
        guard !values.isEmpty else { return nil }
        let (low, high) = bootstrapInterval(values)
        return Estimate(mean: values.reduce(0, +) / Double(values.count), low: low, high: high)
    }
}

/// The interval that holds 95 % of the means of as many values drawn from `values` with replacement: Efron's percentile
/// bootstrap, 2000 draws from a fixed seed.
///
/// - Precondition: there are values.
func bootstrapInterval(_ values: [Double], draws: Int = 2000) -> (low: Double, high: Double) {
    var random = SystemIndependentRandom(state: 0x5EED)
    let means = (0..<draws).map { _ in
        (0..<values.count).reduce(0) { sum, _ in sum + values[random.index(below: values.count)] }
            / Double(values.count)
    }.sorted()
    return (means[draws * 25 / 1000], means[draws - 1 - draws * 25 / 1000])
}

/// A linear congruential generator (Knuth's MMIX), enough to pick from a list.
private struct SystemIndependentRandom {
    var state: UInt64

    mutating func index(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state.multipliedFullWidth(by: UInt64(limit)).high)
    }
}
