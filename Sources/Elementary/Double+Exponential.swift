extension Double {
    /// e to the power of x.
    public static func exp(_ x: Double) -> Double {
        guard x.isFinite else { return x == -.infinity ? 0 : x }
        return exponential(DoubleDouble(x))
    }

    /// e to the power of x, less 1.
    public static func expm1(_ x: Double) -> Double {
        guard x.isFinite, x != 0 else { return x == -.infinity ? -1 : x }
        if x > 710 { return .infinity }
        if x < -40 { return -1 }
        let (mantissaLess1, exponent) = reduced(DoubleDouble(x))
        if exponent == 0 { return mantissaLess1.high }
        // m 2^k - 1 = (m - 2^-k) 2^k
        let one = Double(sign: .plus, exponent: -exponent, significand: 1)
        return (mantissaLess1 + 1 + -one).scaled(by: exponent)
    }

    /// The natural logarithm.
    public static func log(_ x: Double) -> Double { edge(x) ?? logarithm(DoubleDouble(x)).high }

    /// log(1 + x)
    public static func log1p(_ x: Double) -> Double {
        // 1 + x is not x.
        if x == 0 { return x }
        return edge(1 + x) ?? logarithm(DoubleDouble(sum: 1, x)).high
    }

    /// The logarithm to base 2.
    public static func log2(_ x: Double) -> Double { edge(x) ?? (logarithm(DoubleDouble(x)) / ln2).high }

    /// The logarithm to base 10.
    public static func log10(_ x: Double) -> Double { edge(x) ?? (logarithm(DoubleDouble(x)) / ln10).high }

    /// x to the power of y, in the cases of IEEE 754.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if y == 0 || x == 1 { return 1 }
        if x.isNaN || y.isNaN { return .nan }
        let isOdd = y.isFinite && y == y.rounded() && abs(y) < 0x1p53 && Int(y) % 2 != 0
        if x == 0 || x.isInfinite || y.isInfinite {
            if x == -1 { return 1 }
            let grows = y.isInfinite ? (abs(x) > 1) == (y > 0) : x.isInfinite == (y > 0)
            let magnitude = grows ? infinity : 0
            return x.sign == .minus && isOdd ? -magnitude : magnitude
        }
        guard x > 0 || y == y.rounded() else { return .nan }
        let magnitude = exponential(logarithm(DoubleDouble(abs(x))) * y)
        return x < 0 && isOdd ? -magnitude : magnitude
    }

    static let ln2 = DoubleDouble(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)
    static let ln10 = DoubleDouble(0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53)

    /// The logarithm of what has no finite one: 0, infinity, what is negative or no number.
    private static func edge(_ x: Double) -> Double? {
        x == 0 ? -.infinity : x < 0 ? .nan : x.isFinite ? nil : x
    }
}

private func exponential(_ x: DoubleDouble) -> Double {
    if x.high > 710 { return .infinity }
    if x.high < -746 { return 0 }
    let (mantissaLess1, exponent) = reduced(x)
    return (mantissaLess1 + 1).scaled(by: exponent)
}

/// e^x = (1 + m) 2^k: m and k, with |log(1 + m)| at most ln 2 / 2.
private func reduced(_ x: DoubleDouble) -> (mantissaLess1: DoubleDouble, exponent: Int) {
    let k = (x.high / Double.ln2.high).rounded()
    return (exponentialLess1(x - Double.ln2 * k), Int(k))
}

/// e^x - 1 for |x| at most 1/2. With a the nearest 64th, b the rest: (e^a - 1) + e^a (e^b - 1).
private func exponentialLess1(_ x: DoubleDouble) -> DoubleDouble {
    let index = (x.high * 64).rounded()
    let rest = x + index * -0x1p-6
    let small = rest.high == 0 ? rest : expm1Series(rest)
    if index == 0 { return small }
    let whole = expm1Of64ths[Int(index) + 32]
    return whole + (whole + 1) * small
}

private let expm1Of64ths = (-32...32).map { $0 == 0 ? DoubleDouble(0) : expm1Series(DoubleDouble(Double($0) / 64)) }

/// x (1 + x/2 + x²/6 + ...)
private func expm1Series(_ x: DoubleDouble) -> DoubleDouble { .series(x, times: x) { $0 + 1 } }

/// log(x) for x > 0: an estimate of some 40 bits, and one step of Halley's method to the third power of its error.
private func logarithm(_ x: DoubleDouble) -> DoubleDouble {
    // x = m 2^k, with m between the roots of 1/2 and 2.
    var k = Int(x.high.exponent)
    if x.high.significand > 0.5.squareRoot() * 2 { k += 1 }
    // In two steps, as 2^1074 is no double.
    let half = Double(sign: .plus, exponent: -(k / 2), significand: 1)
    let rest = Double(sign: .plus, exponent: -(k - k / 2), significand: 1)
    let m = DoubleDouble(x.high * half * rest, x.low * half * rest)
    let less1 = DoubleDouble(sum: m.high - 1, m.low)
    if less1.high == 0 { return Double.ln2 * Double(k) }
    // log((1 + s) / (1 - s)) = 2 (s + s³/3 + s⁵/5 + ...)
    let s = less1.high / (less1.high + 2)
    let s2 = s * s
    var sum = 1.0 / 17
    for n in stride(from: 15.0, through: 1, by: -2) { sum = sum * s2 + 1 / n }
    let estimate = 2 * s * sum
    let reached = exponentialLess1(DoubleDouble(estimate))
    let step = (less1 - reached) * 2 / (less1 + reached + 2)
    return Double.ln2 * Double(k) + (step + estimate)
}
