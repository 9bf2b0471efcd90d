/// How widely a measure spreads over several runs of what should be the same, and what bound follows from it.
public struct MeasureSpread: Sendable {
    /// Which side of a bound is good.
    public enum Side: Sendable {
        case lessIsBetter, moreIsBetter

        public var comparison: String { self == .lessIsBetter ? "<=" : ">=" }
    }

    public let name: String
    public let side: Side
    /// The finite values, in ascending order.
    public let values: [Double]
    /// Values that are infinite.
    public let infinite: Int
    /// Runs in which it was not measured.
    public let unmeasured: Int

    /// - Parameters:
    ///   - values: one a run; nil where it was not measured
    public init(name: String, side: Side, values: [Double?]) {
        self.name = name
        self.side = side
        let measured = values.compactMap { $0 }
        self.values = measured.filter(\.isFinite).sorted()
        infinite = measured.count { $0.isInfinite }
        unmeasured = values.count - measured.count
    }

    public var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// The standard deviation of the values, with n - 1.
    public var deviation: Double {
        guard values.count > 1 else { return 0 }
        let mean = mean
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    /// The worst value, and farther by `margin` times the spread; nil where nothing was measured.
    ///
    /// - Parameters:
    ///   - margin: in parts of the distance between the best and the worst value; where all are equal, the value itself
    ///   - range: what values there can be
    public func threshold(margin: Double, in range: ClosedRange<Double> = -.infinity ... .infinity) -> Double? {
        Self.threshold(values, side, margin: margin).map { min(max($0, range.lowerBound), range.upperBound) }
    }

    /// Whether a bound lets everything pass: no value lies beyond it but the worst hundredth of all that there can be, or what
    /// is like nothing at all is good enough.
    public func letsAllPass(_ bound: Double, in range: ClosedRange<Double>) -> Bool {
        guard side == .lessIsBetter else { return bound <= max(range.lowerBound, 0) }
        guard range.upperBound.isFinite, range.lowerBound.isFinite else { return bound >= range.upperBound }
        return bound >= range.upperBound - 0.01 * (range.upperBound - range.lowerBound)
    }

    private static func threshold(_ values: [Double], _ side: Side, margin: Double) -> Double? {
        guard let least = values.first, let greatest = values.last else { return nil }
        let room = margin * (greatest - least)
        return rounded(side == .lessIsBetter ? greatest + room : least - room, away: side, from: greatest - least)
    }

    /// To two digits of the spread, towards what is allowed.
    private static func rounded(_ value: Double, away side: Side, from spread: Double) -> Double {
        guard spread > 0 else { return value }
        var unit = 1.0
        while unit > spread / 10 { unit /= 10 }
        while unit * 10 <= spread / 10 { unit *= 10 }
        let steps = value / unit
        // As a fraction of whole numbers, so that the result is written in few digits.
        let count = steps.rounded(side == .lessIsBetter ? .up : .down)
        return unit < 1 ? count / (1 / unit).rounded() : count * unit
    }

    /// How many of the values fail a bound that was made of the others: what the bound would have been worth.
    public func failures(margin: Double) -> Int {
        values.indices.count { left in
            var others = values
            others.remove(at: left)
            guard let bound = Self.threshold(others, side, margin: margin) else { return false }
            return side == .lessIsBetter ? values[left] > bound : values[left] < bound
        }
    }
}
