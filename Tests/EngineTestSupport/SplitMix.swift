/// A generator whose numbers are the same everywhere: https://prng.di.unimi.it/splitmix64.c
public struct SplitMix {
    private var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    public mutating func int(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True once in `times`.
    public mutating func once(in times: Int) -> Bool { int(in: 1...times) == 1 }

    /// One of what is there; nothing of nothing.
    public mutating func pick<T>(_ items: [T]) -> T? { items.isEmpty ? nil : items[int(in: 0...items.count - 1)] }
}
