import Tensors

/// A row of random sources, of which a training takes one after the other: for a batch, a sample, a noise. What has to
/// be remembered of it in a checkpoint is how many were taken.
public struct SeedStream: Hashable, Sendable {
    public let seed: UInt64
    /// How many sources were taken.
    public private(set) var position: Int

    public init(seed: UInt64, position: Int = 0) {
        self.seed = seed
        self.position = position
    }

    public mutating func next() -> TorchRandomSource {
        defer { position += 1 }
        return TorchRandomSource(seed: mixed(seed &+ mixed(UInt64(bitPattern: Int64(position)))))
    }

    /// The next `count` sources, one for each sample of a batch: what a sample draws then depends on its place alone.
    public mutating func next(_ count: Int) -> [TorchRandomSource] { (0..<count).map { _ in next() } }
}

/// The mixing function of SplitMix64 (Steele, Lea and Flood 2014), after its increment.
private func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
