/// Powers to ten digits, of sums, products and quotients alone: as alike on all machines as `Elementary`'s, which have 16
/// digits, and ten times as fast. For measures that take several of every pixel.
package enum QuickPowers {
    /// - Parameter x: positive, and no subnormal number
    @inline(__always) package static func cubeRoot(_ x: Double) -> Double {
        // A third of the exponent, and of the mantissa with it: off by some 3 % at most.
        var root = Double(bitPattern: x.bitPattern / 3 + 0x2A9F_7893_0000_0000)
        // Halley's steps cube what is wrong.
        for _ in 0..<2 {
            let cube = root * root * root
            root *= (cube + 2 * x) / (2 * cube + x)
        }
        return root
    }

    /// - Parameters:
    ///   - base: 0, or positive and no subnormal number
    ///   - exponent: 0 or positive, so that the result is a normal number
    @inline(__always) package static func power(_ base: Double, _ exponent: Double) -> Double {
        guard base > 0 else { return exponent == 0 ? 1 : 0 }
        return Self.exp2(exponent * Self.log2(base))
    }

    /// - Parameter x: positive, and no subnormal number
    @inline(__always) package static func log2(_ x: Double) -> Double {
        // x = m 2^k, with m between the roots of 1/2 and 2.
        let offset = x.bitPattern &- rootOfHalf.bitPattern
        let k = Int64(bitPattern: offset) >> 52
        let m = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: k << 52))
        let s = (m - 1) / (m + 1)
        let t = s * s
        // The logarithm of (1 + s) / (1 - s) is 2 (s + s^3/3 + s^5/5 + ...), and |s| < 0.172. Sums of every other term do not
        // wait for each other.
        let u = t * t
        let even = 1 + u * (1.0 / 5 + u * (1.0 / 9 + u * (1.0 / 13)))
        let odd = 1.0 / 3 + u * (1.0 / 7 + u * (1.0 / 11))
        let sum = even + t * odd
        return Double(k) + 2 * s * sum * perLog2
    }

    /// - Parameter x: such that the result is a normal number
    @inline(__always) package static func exp2(_ x: Double) -> Double {
        let whole = x.rounded(.down)
        // Between -0.35 and 0.35, where its Taylor series needs ten terms.
        let y = (x - whole - 0.5) / perLog2
        let z = y * y
        let even = 1 + z * (0.5 + z * (1.0 / 24 + z * (1.0 / 720 + z * (1.0 / 40320))))
        let odd = 1 + z * (1.0 / 6 + z * (1.0 / 120 + z * (1.0 / 5040 + z * (1.0 / 362_880))))
        let sum = even + y * odd
        let exponent = UInt64(bitPattern: Int64(whole) &+ 1023)
        return sum * rootOfTwo * Double(bitPattern: exponent << 52)
    }

    private static var rootOfHalf: Double { 0.7071067811865476 }
    private static var rootOfTwo: Double { 1.4142135623730951 }
    /// How many logarithms to the base 2 one to the base e is.
    private static var perLog2: Double { 1.4426950408889634 }
}
