extension Double {
    /// The cube root; of negative numbers as well.
    public static func cbrt(_ x: Double) -> Double {
        guard x.isFinite, x != 0 else { return x }
        // |x| = m 8^k, with m in 1/8 ..< 1.
        let third = (Int(x.exponent) + 3 * 400) / 3 - 400 + 1
        let m = Double(sign: .plus, exponent: Int(x.exponent) - 3 * third, significand: x.significand)
        // Newton's steps from a line that is never off by more than a tenth.
        var root = 0.5 + 0.5 * m
        for _ in 0..<5 { root -= (root - m / (root * root)) / 3 }
        let exact = DoubleDouble(product: root, root) * root
        root -= (exact + -m).high / (3 * root * root)
        return Double(sign: x.sign, exponent: third, significand: root)
    }
}
