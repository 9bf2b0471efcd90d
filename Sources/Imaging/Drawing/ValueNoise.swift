/// Smooth noise in 0...1 without any state: random values on a grid, blended in between.
package struct ValueNoise {
    package let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// Noise that changes over about one unit of `x` and `y`.
    package func at(_ x: Double, _ y: Double) -> Float {
        let (i, j) = (x.floor, y.floor)
        func fade(_ t: Double) -> Float { Float(t * t * (3 - 2 * t)) }
        let (u, v) = (fade(x - Double(i)), fade(y - Double(j)))
        let upper = corner(i, j) + (corner(i + 1, j) - corner(i, j)) * u
        let lower = corner(i, j + 1) + (corner(i + 1, j + 1) - corner(i, j + 1)) * u
        return upper + (lower - upper) * v
    }

    /// Three octaves: rough and fine detail together.
    package func fractal(_ x: Double, _ y: Double) -> Float {
        (at(x, y) * 4 + at(2 * x + 31.7, 2 * y + 11.3) * 2 + at(4 * x + 71.1, 4 * y + 53.9)) / 7
    }

    private func corner(_ i: Int, _ j: Int) -> Float {
        let position =
            UInt64(bitPattern: Int64(i)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(j))
            &* 0xC2B2_AE3D_27D4_EB4F
        return Float(SplitMix64.mix(position &+ seed) >> 40) * 0x1p-24
    }
}
