/// Two independent normal numbers from two uniform ones, with the bits of PyTorch's AVX2 path.
///
/// aten/src/ATen/native/cpu/DistributionTemplates.h::normal_fill_AVX2. The logarithm, sine and cosine there are those
/// of the Cephes library (logf, sinf, cosf) in 32 bits, and its compiler fuses every product with the sum it goes into;
/// the C library's functions would differ in a third of the numbers, by up to 2e-6.
///
/// - Parameters:
///   - u1: in [0, 1)
///   - u2: in [0, 1)
func boxMuller(_ u1: Float, _ u2: Float) -> (Float, Float) {
    let radius = (-2 * cephesLog(1 - u1)).squareRoot()
    let (sine, cosine) = cephesSinCos(twoPi * u2)
    return (radius * cosine, radius * sine)
}

/// Swift rounds `Float.pi` towards zero; this is the float nearest to 2 pi.
private let twoPi = Float(2 * Double.pi)

/// c0 x^n + c1 x^(n-1) + ... by Horner's rule, fused.
private func polynomial(_ x: Float, _ coefficients: Float...) -> Float {
    coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
}

/// The natural logarithm of a normal number in (0, 1].
private func cephesLog(_ value: Float) -> Float {
    // value = x 2^e with x between sqrt(1/2) and sqrt(2), less 1.
    var e = Float(Int(value.bitPattern >> 23) - 126)
    var x = Float(bitPattern: value.bitPattern & 0x007f_ffff | 0x3f00_0000)
    if x < 0.707106781186547524 {
        e -= 1
        x = x - 1 + x
    } else {
        x -= 1
    }
    let z = x * x
    let p = polynomial(
        x,
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1
    )
    let tail = (e * -2.12194440e-4).addingProduct(p * x, z).addingProduct(-0.5, z)
    return (x + tail).addingProduct(e, 0.693359375)
}

/// Sine and cosine of an angle in [0, 2 pi).
private func cephesSinCos(_ angle: Float) -> (sine: Float, cosine: Float) {
    // Octants, the odd ones counted to the next; pi / 4 in three parts.
    let octant = (Int32(angle * 1.27323954473516) + 1) & ~1
    let j = Float(octant)
    let x = angle.addingProduct(-0.78515625, j).addingProduct(-2.4187564849853515625e-4, j)
        .addingProduct(-3.77489497744594108e-8, j)
    let z = x * x
    let cosine =
        (-0.5 * z).addingProduct(
            polynomial(z, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2) * z,
            z
        )
        + 1
    let sine = x.addingProduct(polynomial(z, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1) * z, x)
    let (s, c) = octant & 2 == 0 ? (sine, cosine) : (cosine, sine)
    return (octant & 4 == 0 ? s : -s, (octant - 2) & 4 == 0 ? -c : c)
}
