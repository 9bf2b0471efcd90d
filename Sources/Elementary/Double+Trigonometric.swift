extension Double {
    /// The sine of an angle in radians.
    public static func sin(_ x: Double) -> Double {
        guard x.isFinite, x != 0 else { return x.isFinite ? x : .nan }
        return Angle(x).sine
    }

    /// The cosine of an angle in radians.
    public static func cos(_ x: Double) -> Double {
        guard x.isFinite else { return .nan }
        return Angle(x).cosine
    }
}

/// An angle as whole 64ths of a right angle and a rest of at most half of one.
private struct Angle {
    /// 0...255
    private let index: Int
    /// In radians.
    private let rest: DoubleDouble

    init(_ x: Double) {
        if abs(x) < 0x1p-7 {
            (index, rest) = (0, DoubleDouble(x))
            return
        }
        let (turns, share) = quarterTurns(abs(x))
        let signed = x < 0 ? -share : share
        (index, rest) = ((x < 0 ? 256 - turns : turns) % 256, signed * (rightAngle / 64))
    }

    var sine: Double { value(index) }
    var cosine: Double { value(index + 64) }

    /// sin(a + b) = sin a cos b + cos a sin b, a being whole 64ths of a right angle.
    private func value(_ index: Int) -> Double {
        let squared = -(rest * rest)
        let small = rest.high == 0 ? rest : DoubleDouble.series(rest, times: squared) { 2 * $0 * (2 * $0 + 1) }
        let large = DoubleDouble.series(DoubleDouble(1), times: squared) { 2 * $0 * (2 * $0 - 1) }
        let sum = Self.sine(index) * large + Self.sine(index + 64) * small
        return sum.high
    }

    private static func sine(_ index: Int) -> DoubleDouble {
        let place = index % 64
        switch index / 64 % 4 {
        case 0: return sines[place]
        case 1: return sines[64 - place]
        case 2: return -sines[place]
        default: return -sines[64 - place]
        }
    }

    /// Of 0...64 64ths of a right angle.
    private static let sines: [DoubleDouble] = (0...64).map { i in
        if i == 0 { return DoubleDouble(0) }
        // Beyond half a right angle as a cosine.
        let angle = rightAngle / 64 * Double(min(i, 64 - i))
        let squared = -(angle * angle)
        return i <= 32
            ? .series(angle, times: squared) { 2 * $0 * (2 * $0 + 1) }
            : .series(DoubleDouble(1), times: squared) { 2 * $0 * (2 * $0 - 1) }
    }
}

private let rightAngle = DoubleDouble(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54)

/// x / (pi / 2) modulo 4 as whole 64ths and what is left of one, between -1/2 and 1/2. x is at least 2^-7.
///
/// Payne, Hanek 1983: of 2 / pi those bits are multiplied with x whose products are no multiples of 4.
private func quarterTurns(_ x: Double) -> (index: Int, rest: DoubleDouble) {
    let significand = x.significandBitPattern | 1 << 52
    // x = significand 2^exponent; the product with 256 bits from 2^-first on has its point after the second.
    let first = Int(x.exponent) - 52 - 2
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var carry: UInt64 = 0
    func product(_ word: Int) -> UInt64 {
        let (high, low) = significand.multipliedFullWidth(by: twoOverPi(from: first + 64 * word))
        let (sum, overflow) = low.addingReportingOverflow(carry)
        carry = high + (overflow ? 1 : 0)
        return sum
    }
    words.3 = product(3)
    words.2 = product(2)
    words.1 = product(1)
    words.0 = product(0)
    // Two bits of right angles and six of their 64ths, rounded to nearest; what is left is signed.
    let index = Int(words.0 >> 56) + Int(words.0 >> 55 & 1)
    let rest = (words.0 << 8 | words.1 >> 56, words.1 << 8 | words.2 >> 56, words.2 << 8 | words.3 >> 56)
    let whole = Int64(bitPattern: rest.0)
    var sum = DoubleDouble(Double(whole >> 32) * 0x1p-32) + Double(whole & 0xffff_ffff) * 0x1p-64
    for (word, scale) in [(rest.1, 0x1p-64), (rest.2, 0x1p-128)] {
        sum = sum + Double(word >> 32) * (0x1p-32 * scale) + Double(word & 0xffff_ffff) * (0x1p-64 * scale)
    }
    return (index % 256, sum)
}

/// 64 bits of 2 / pi, the first of them worth 2^-(bit + 1).
private func twoOverPi(from bit: Int) -> UInt64 {
    func word(_ index: Int) -> UInt64 { index < 0 ? 0 : twoOverPi[index] }
    let (index, shift) = bit.quotientAndRemainder(dividingBy: 64)
    let start = shift < 0 ? index - 1 : index
    let offset = shift < 0 ? shift + 64 : shift
    return offset == 0 ? word(start) : word(start) << offset | word(start + 1) >> (64 - offset)
}

private let twoOverPi: [UInt64] = [
    0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d, 0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab, 0xf0cf_bc20_9af4_361d,
]
