import Elementary

/// PyTorch's CPU generator: MT19937, and its ways of making floats.
///
/// aten/src/ATen/core/MT19937RNGEngine.h, native/cpu/DistributionTemplates.h (`normal_fill`, `normal`)
public struct TorchRandomSource: RandomSource, Sendable {
    private var state = [UInt32](repeating: 0, count: 624)
    private var position = 624
    /// The second of a pair of normal numbers made one by one.
    private var spare: Double?

    /// `torch.manual_seed`: the generator takes the low 32 bits of a seed.
    public init(seed: UInt64) {
        state[0] = UInt32(truncatingIfNeeded: seed)
        for i in 1..<624 {
            state[i] = 1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)
        }
    }

    /// All that later draws depend on: the generator's words, how many of them were drawn, and the two halves of a normal
    /// number that is held back, if one is.
    public var words: [UInt32] {
        let held = spare.map(\.bitPattern).map { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] } ?? []
        return state + [UInt32(position)] + held
    }

    /// A source that goes on where one with these `words` was; nil if there is none.
    public init?(words: [UInt32]) {
        guard words.count == 625 || words.count == 627, words[624] <= 624 else { return nil }
        state = Array(words[..<624])
        position = Int(words[624])
        if words.count == 627 { spare = Double(bitPattern: UInt64(words[626]) << 32 | UInt64(words[625])) }
    }

    /// The next 32 random bits.
    public mutating func next32() -> UInt32 {
        if position == 624 { refill() }
        var y = state[position]
        position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        return y ^ (y >> 18)
    }

    /// The next 64 random bits: two draws, the first one high.
    public mutating func next64() -> UInt64 {
        let high = UInt64(next32())
        return high << 32 | UInt64(next32())
    }

    /// Uniform in [0, 1) with 24 bits.
    public mutating func uniform() -> Float { Float(next32() & 0xff_ffff) * 0x1p-24 }

    /// `torch.randn(count)`: from 16 numbers up in blocks of 16 by Box and Muller, below that one by one.
    public mutating func normal(_ count: Int) -> [Float] {
        guard count >= 16 else { return (0..<count).map { _ in normalSingle() } }
        var values = (0..<count).map { _ in uniform() }
        for start in stride(from: 0, through: count - 16, by: 16) { boxMuller(&values, at: start) }
        if count % 16 != 0 {
            // The last block overlaps the one before it and is drawn anew.
            for i in count - 16..<count { values[i] = uniform() }
            boxMuller(&values, at: count - 16)
        }
        return values
    }

    private func boxMuller(_ values: inout [Float], at start: Int) {
        for j in start..<start + 8 { (values[j], values[j + 8]) = Tensors.boxMuller(values[j], values[j + 8]) }
    }

    private mutating func normalSingle() -> Float {
        if let value = spare {
            spare = nil
            return Float(value)
        }
        // Doubles have 53 random bits.
        let u1 = Double(next64() & (1 << 53 - 1)) * 0x1p-53
        let u2 = Double(next64() & (1 << 53 - 1)) * 0x1p-53
        let radius = (-2 * Double.log1p(-u2)).squareRoot()
        let theta = 2 * Double.pi * u1
        spare = radius * Double.sin(theta)
        return Float(radius * Double.cos(theta))
    }

    private mutating func refill() {
        func mix(_ a: UInt32, _ b: UInt32) -> UInt32 {
            let y = (a & 0x8000_0000) | (b & 0x7fff_ffff)
            return (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        for i in 0..<624 { state[i] = state[(i + 397) % 624] ^ mix(state[i], state[(i + 1) % 624]) }
        position = 0
    }
}
