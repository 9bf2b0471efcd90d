/// Steele, Lea and Flood's SplitMix64: a small generator whose whole state is one number, so a seed says everything.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(state)
    }

    /// Uniform in `range`, from the upper 53 bits.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) * 0x1p-53
    }

    /// One of `choices`, which must not be empty.
    @inlinable package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int(next() >> 33) % choices.count]
    }

    /// True with this probability.
    package mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }

    /// Spreads the bits of `z`: equal numbers give equal results, neighbours unrelated ones.
    package static func mix(_ z: UInt64) -> UInt64 {
        var z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
