/// A generator whose numbers are the same everywhere: https://prng.di.unimi.it/splitmix64.c
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func int(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func seconds(upTo most: Double) -> Double { Double.random(in: 0...most, using: &self) }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { int(in: 1...times) == 1 }

    /// One of what is there; nothing of nothing.
    mutating func pick<T>(_ items: [T]) -> T? { items.randomElement(using: &self) }
}
