import Elementary
import Kernels

/// LDR-FLIP, how different two pictures look to somebody who flips between them: Andersson et al. 2020, FLIP: A Difference
/// Evaluator for Alternating Images.
///
/// NVlabs/flip 1.7: FLIP.h, with its defaults. Everything is computed in doubles, powers to ten digits.
public struct FLIP: Sendable {
    /// As if seen from 0.7 m on a screen 0.7 m wide with 3840 pixels across.
    public static let usualPixelsPerDegree = 0.7 * (3840 / 0.7) * (Double.pi / 180)

    private let luminance: FilterTaps
    private let redGreen: FilterTaps
    /// The two bells of the filter for blue and yellow, and their weights.
    private let blueYellow: [(taps: FilterTaps, weight: Double)]
    private let smooth: FilterTaps
    private let edges: FilterTaps
    private let points: FilterTaps

    public init(pixelsPerDegree: Double = usualPixelsPerDegree) {
        // Contrast sensitivity (section 4.1 of the paper): bells of the widths b, in square degrees.
        let reach = Int((3 * (0.04 / (2 * Double.pi * Double.pi)).squareRoot() * pixelsPerDegree).rounded(.up))
        func bell(_ b: Double) -> (taps: FilterTaps, sum: Double) {
            let raw = (-reach...reach).map { x in
                let degrees = Double(x) / pixelsPerDegree
                return Double.exp(-Double.pi * Double.pi * degrees * degrees / b)
            }
            let sum = raw.reduce(0, +)
            return (FilterTaps(raw.map { $0 / sum }), sum)
        }
        luminance = bell(0.0047).taps
        redGreen = bell(0.0053).taps
        let bells = [(height: 34.1, width: 0.04), (height: 13.5, width: 0.025)].map { a, b in
            let (taps, sum) = bell(b)
            return (taps: taps, weight: a * (Double.pi / b).squareRoot() * sum * sum)
        }
        let whole = bells.reduce(0) { $0 + $1.weight }
        blueYellow = bells.map { ($0.taps, $0.weight / whole) }

        // Features (section 4.2): derivatives of a bell of this deviation, in pixels.
        let deviation = 0.5 * 0.082 * pixelsPerDegree
        let variance = deviation * deviation
        let radius = Int((3 * deviation).rounded(.up))
        func weight(_ x: Int) -> Double { Double.exp(-Double(x * x) / (2 * variance)) }
        let sum = (-radius...radius).reduce(0.0) { $0 + weight($1) }
        smooth = FilterTaps(radius: radius) { weight($0) / sum }
        edges = Self.balanced(radius) { -Double($0) * weight($0) }
        points = Self.balanced(radius) { (Double($0 * $0) / variance - 1) * weight($0) }
    }

    /// Taps whose positive ones add up to 1 and whose negative ones to -1.
    private static func balanced(_ radius: Int, _ value: (Int) -> Double) -> FilterTaps {
        let raw = (-radius...radius).map(value)
        let (above, below) = (raw.filter { $0 > 0 }.reduce(0, +), raw.filter { $0 < 0 }.reduce(0, +))
        return FilterTaps(raw.map { $0 < 0 ? -$0 / below : $0 / above })
    }

    /// - Parameter region: the pixels that count
    /// - Throws: `ImageError.sizesDiffer`.
    public func map(_ a: Bitmap, _ b: Bitmap, in region: PictureRegion? = nil) throws -> ErrorMap {
        try Bitmap.checkSameSize(a, b)
        let (width, height) = (a.width, a.height)
        var errors = [Float](repeating: 0, count: width * height)
        guard a != b else { return ErrorMap(width: width, height: height, errors: errors, region: region) }
        errors.withUnsafeMutableBufferPointer { errors in
            guard let errors = errors.baseAddress else { return }
            Parallel.forRanges(height, grain: 64) { lines in
                let (first, second) = (seen(a, lines), seen(b, lines))
                let scale = ColorScale.usual
                for i in 0..<lines.count * width {
                    errors[lines.lowerBound * width + i] = Float(Self.error(first[i], second[i], scale))
                }
            }
        }
        return ErrorMap(width: width, height: height, errors: errors, region: region)
    }

    // MARK: - One picture

    /// What is seen at a pixel.
    private struct Seen {
        /// CIELAB, its colours fainter where it is dark (Hunt).
        var color: Lab
        /// How much of an edge and of a point there is.
        var edge, point: Double
    }

    private func seen(_ picture: Bitmap, _ lines: Range<Int>) -> [Seen] {
        let (width, height) = (picture.width, picture.height)
        let reach = max(luminance.radius, smooth.radius)
        let held = max(0, lines.lowerBound - reach)..<min(height, lines.upperBound + reach)
        let none = [Double](repeating: 0, count: held.count * width)
        var (luminances, reds, yellows, achromatic) = (none, none, none, none)
        for i in 0..<held.count * width {
            let k = 3 * (held.lowerBound * width + i)
            let color = Opponent(
                XYZ(
                    r: linear[Int(picture.pixels[k])],
                    g: linear[Int(picture.pixels[k + 1])],
                    b: linear[Int(picture.pixels[k + 2])]
                )
            )
            luminances[i] = color.y
            reds[i] = color.c
            yellows[i] = color.z
            achromatic[i] = (color.y + 16) * (1 / 116.0)
        }
        func filtered(_ values: [Double], _ across: FilterTaps, _ down: FilterTaps) -> [Double] {
            PlaneBand(width: width, top: held.lowerBound, values: values)
                .filtered(across: across, down: down, lines: lines, height: height).values
        }
        let y = filtered(luminances, luminance, luminance)
        let c = filtered(reds, redGreen, redGreen)
        let z = blueYellow.map { filtered(yellows, $0.taps, $0.taps) }
        let edge = (filtered(achromatic, edges, smooth), filtered(achromatic, smooth, edges))
        let point = (filtered(achromatic, points, smooth), filtered(achromatic, smooth, points))
        let weights = (blueYellow[0].weight, blueYellow[1].weight)
        let (broad, narrow) = (z[0], z[1])
        return y.indices.map { i in
            let yellow = weights.0 * broad[i] + weights.1 * narrow[i]
            return Seen(
                color: Lab(Opponent(y: y[i], c: c[i], z: yellow).xyz.withinScreen).hunt,
                edge: (edge.0[i] * edge.0[i] + edge.1[i] * edge.1[i]).squareRoot(),
                point: (point.0[i] * point.0[i] + point.1[i] * point.1[i]).squareRoot()
            )
        }
    }

    // MARK: - Two pictures

    /// How distances of colours become errors: the smaller ones, up to 0.4 of the largest, take 0.95 of the range.
    private struct ColorScale {
        /// The largest that a screen has, of green and blue, to the power 0.7; and its part that decides.
        let largest, knee: Double
        /// Logarithms to the base 2 of the knee, and of the error there.
        let kneeLogarithm, shareLogarithm: Double

        static let usual = ColorScale()

        private init() {
            let green = Lab(XYZ(r: 0, g: 1, b: 0)).hunt
            largest = Double.pow(green.distance(to: Lab(XYZ(r: 0, g: 0, b: 1)).hunt), 0.7)
            knee = 0.4 * largest
            kneeLogarithm = QuickPowers.log2(knee)
            shareLogarithm = QuickPowers.log2(0.95)
        }
    }

    private static func error(_ a: Seen, _ b: Seen, _ scale: ColorScale) -> Double {
        let feature = max(abs(a.edge - b.edge), abs(a.point - b.point)) / 2.0.squareRoot()
        let exponent = 1 - min(1, feature.squareRoot())
        let difference = a.color.distance(to: b.color)
        guard difference > 0 else { return exponent > 0 ? 0 : 1 }
        // Below the knee the power of a distance and that of its error are taken at once.
        let logarithm = 0.7 * QuickPowers.log2(difference)
        if logarithm < scale.kneeLogarithm {
            return QuickPowers.exp2(exponent * (logarithm - scale.kneeLogarithm + scale.shareLogarithm))
        }
        let beyond = (QuickPowers.exp2(logarithm) - scale.knee) / (scale.largest - scale.knee)
        return QuickPowers.power(0.95 + beyond * (1 - 0.95), exponent)
    }
}

/// Light on a scale from 0 to 1 of each byte of sRGB.
private let linear: [Double] = (0...255).map { byte in
    let value = Double(byte) / 255
    return value <= 0.04045 ? value / 12.92 : Double.pow((value + 0.055) / 1.055, 2.4)
}

/// CIE XYZ as fractions of a screen's white (D65).
private struct XYZ {
    var x, y, z: Double

    private static var white: (x: Double, z: Double) {
        ((10_135_552.0 + 8_788_810 + 4_435_075) / 24_577_794, (1_425_312.0 + 8_788_810 + 70_074_185) / 73_733_382)
    }

    /// Of linear light in 0...1.
    init(r: Double, g: Double, b: Double) {
        let perUnit = (x: 1 / (24_577_794 * Self.white.x), y: 1 / 12_288_897.0, z: 1 / (73_733_382 * Self.white.z))
        x = (10_135_552 * r + 8_788_810 * g + 4_435_075 * b) * perUnit.x
        y = (2_613_072 * r + 8_788_810 * g + 887_015 * b) * perUnit.y
        z = (1_425_312 * r + 8_788_810 * g + 70_074_185 * b) * perUnit.z
    }

    init(x: Double, y: Double, z: Double) { (self.x, self.y, self.z) = (x, y, z) }

    /// The nearest of a screen's colours, channel by channel.
    var withinScreen: XYZ {
        let (x, z) = (x * Self.white.x, z * Self.white.z)
        func limited(_ value: Double) -> Double { min(max(value, 0), 1) }
        return XYZ(
            r: limited(3.241003275 * x - 1.537398934 * y - 0.498615861 * z),
            g: limited(-0.969224334 * x + 1.875930071 * y + 0.041554224 * z),
            b: limited(0.055639423 * x - 0.204011202 * y + 1.057148933 * z)
        )
    }
}

/// YyCxCz: luminance, red against green, blue against yellow.
private struct Opponent {
    var y, c, z: Double

    init(_ color: XYZ) {
        (y, c, z) = (116 * color.y - 16, 500 * (color.x - color.y), 200 * (color.y - color.z))
    }

    init(y: Double, c: Double, z: Double) { (self.y, self.c, self.z) = (y, c, z) }

    var xyz: XYZ {
        let luminance = (y + 16) * (1 / 116.0)
        return XYZ(x: luminance + c * (1 / 500.0), y: luminance, z: luminance - z * (1 / 200.0))
    }
}

/// CIELAB.
private struct Lab {
    var l, a, b: Double

    init(_ color: XYZ) {
        func curve(_ t: Double) -> Double {
            t > 216.0 / 24389 ? QuickPowers.cubeRoot(t) : t * (24389.0 / 27) / 116 + 16.0 / 116
        }
        let (x, y, z) = (curve(color.x), curve(color.y), curve(color.z))
        (l, a, b) = (116 * y - 16, 500 * (x - y), 200 * (y - z))
    }

    /// Colours are fainter where it is dark.
    var hunt: Lab {
        var result = self
        result.a *= 0.01 * l
        result.b *= 0.01 * l
        return result
    }

    /// HyAB: the difference of lightness, and the distance of the colours.
    func distance(to other: Lab) -> Double {
        let (da, db) = (a - other.a, b - other.b)
        return abs(l - other.l) + (da * da + db * db).squareRoot()
    }
}
