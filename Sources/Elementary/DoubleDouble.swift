/// A number as the unevaluated sum of two doubles, `high` being the nearest double: some 106 bits.
///
/// Dekker 1971, A floating-point technique for extending the available precision; Joldes, Muller, Popescu 2017. Every
/// operation is of additions, products, divisions and fused multiply-adds alone, whose bits IEEE 754 prescribes.
struct DoubleDouble {
    let high, low: Double

    init(_ high: Double, _ low: Double = 0) { (self.high, self.low) = (high, low) }

    /// a + b exactly.
    init(sum a: Double, _ b: Double) {
        high = a + b
        let rest = high - a
        low = (a - (high - rest)) + (b - rest)
    }

    /// a + b exactly, where |a| is not below |b|.
    private init(ordered a: Double, _ b: Double) {
        high = a + b
        low = b - (high - a)
    }

    /// a b exactly, unless it leaves the range of doubles.
    init(product a: Double, _ b: Double) {
        high = a * b
        low = (-high).addingProduct(a, b)
    }

    static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let (highs, lows) = (DoubleDouble(sum: a.high, b.high), DoubleDouble(sum: a.low, b.low))
        let sum = DoubleDouble(ordered: highs.high, highs.low + lows.high)
        return DoubleDouble(ordered: sum.high, sum.low + lows.low)
    }

    static func + (a: DoubleDouble, b: Double) -> DoubleDouble {
        let sum = DoubleDouble(sum: a.high, b)
        return DoubleDouble(ordered: sum.high, sum.low + a.low)
    }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let product = DoubleDouble(product: a.high, b.high)
        return DoubleDouble(ordered: product.high, product.low + (a.high * b.low + a.low * b.high))
    }

    static func * (a: DoubleDouble, b: Double) -> DoubleDouble {
        let product = DoubleDouble(product: a.high, b)
        return DoubleDouble(ordered: product.high, product.low + a.low * b)
    }

    static func / (a: DoubleDouble, b: Double) -> DoubleDouble {
        let quotient = a.high / b
        return DoubleDouble(ordered: quotient, (a.high.addingProduct(-quotient, b) + a.low) / b)
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let quotient = a.high / b.high
        let rest = a - b * quotient
        return DoubleDouble(ordered: quotient, rest.high / b.high)
    }

    /// This times 2^exponent as a double, rounded once, in the range of subnormal numbers as well.
    func scaled(by exponent: Int) -> Double {
        let least = Double.leastNormalMagnitude.exponent
        guard exponent < Int(least) - Int(high.exponent), high != 0 else {
            return Self.power(exponent / 2) * high * Self.power(exponent - exponent / 2)
        }
        // Beside a number whose last place is that of the result.
        let beside = Self.power(Int(least) - exponent)
        let sum = DoubleDouble(sum: beside, high)
        let rounded = (sum.high + (sum.low + low)) - beside
        return Self.power(exponent / 2) * rounded * Self.power(exponent - exponent / 2)
    }

    /// 2^exponent of a normal number.
    private static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

    /// first (1 + z / d(1) + z² / (d(1) d(2)) + ...), until a term no longer counts.
    static func series(
        _ first: DoubleDouble,
        times z: DoubleDouble,
        over divisor: (Double) -> Double
    ) -> DoubleDouble {
        var (term, sum, n) = (first, first, 1.0)
        while abs(term.high) > abs(sum.high) * 0x1p-55 {
            term = term * z / divisor(n)
            sum = sum + term
            n += 1
        }
        // What comes now is so small that doubles will do.
        var (small, rest) = (term.high, 0.0)
        while abs(small) > abs(sum.high) * 0x1p-110 {
            small = small * z.high / divisor(n)
            rest += small
            n += 1
        }
        return sum + rest
    }
}
