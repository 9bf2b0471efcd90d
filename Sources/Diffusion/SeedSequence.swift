/// NumPy's way from one seed to many that have nothing to do with each other.
///
/// numpy: random/bit_generator.pyx::SeedSequence (after O'Neill's seed_seq_fe)
struct SeedSequence {
    private var pool: [UInt32]

    /// - Parameters:
    ///   - entropy: the seed
    ///   - spawnKey: where in a tree of streams this one is
    ///   - poolSize: words of state
    init(entropy: UInt64, spawnKey: [UInt64] = [], poolSize: Int = 24) {
        var words = Self.words(entropy)
        let spawned = spawnKey.flatMap(Self.words)
        // Else a spawn key could stand in for the missing words of a small seed.
        if !spawned.isEmpty && words.count < poolSize { words += Array(repeating: 0, count: poolSize - words.count) }
        words += spawned

        var constant: UInt32 = 0x43b0_d7e5
        func hash(_ word: UInt32) -> UInt32 {
            var x = word ^ constant
            constant &*= 0x931e_8875
            x &*= constant
            return x ^ x >> 16
        }
        func mix(_ x: UInt32, _ y: UInt32) -> UInt32 {
            let z = 0xca01_f9dd &* x &- 0x4973_f715 &* y
            return z ^ z >> 16
        }
        var pool = (0..<poolSize).map { hash($0 < words.count ? words[$0] : 0) }
        for source in 0..<poolSize {
            for target in 0..<poolSize where target != source { pool[target] = mix(pool[target], hash(pool[source])) }
        }
        for word in words.dropFirst(poolSize) {
            for target in 0..<poolSize { pool[target] = mix(pool[target], hash(word)) }
        }
        self.pool = pool
    }

    /// `generate_state(1)[0]`
    var firstWord: UInt32 {
        let constant: UInt32 = 0x8b51_f9dd
        let x = (pool[0] ^ constant) &* (constant &* 0x58f3_8ded)
        return x ^ x >> 16
    }

    /// In 32-bit words, the lowest first; 0 is one word.
    private static func words(_ number: UInt64) -> [UInt32] {
        let (low, high) = (UInt32(truncatingIfNeeded: number), UInt32(number >> 32))
        return high == 0 ? [low] : [low, high]
    }
}
