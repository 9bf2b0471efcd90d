import Elementary
import Kernels

/// What several renders of the same scene make of each pixel: whether another could be one of them.
///
/// Mitsuba 3 tests its renders so (src/render/tests/test_renders.py): a z-test of each pixel, at a level that holds for all of
/// them together (Sidak), and a share of pixels that must pass.
public struct RenderSpread: Sendable {
    public struct Test: Equatable, Sendable {
        /// Pixels whose channels all pass, 0...1.
        public let passing: Double
        /// The largest distance from the mean, in standard deviations.
        public let worst: Double
        /// The distance from which a channel does not pass.
        public let critical: Double

        public init(passing: Double, worst: Double, critical: Double) {
            (self.passing, self.worst, self.critical) = (passing, worst, critical)
        }
    }

    private let width: Int
    private let height: Int
    private let count: Int
    private let means: [Double]
    /// Of each number, with what rounding to bytes adds.
    private let variances: [Double]

    /// - Throws: `ImageError.sizesDiffer`.
    /// - Precondition: there are two renders or more.
    public init(of renders: [Bitmap]) throws {
        require(renders.count >= 2, "a spread is of several")
        for render in renders { try Bitmap.checkSameSize(render, renders[0]) }
        (width, height, count) = (renders[0].width, renders[0].height, renders.count)
        let numbers = renders[0].pixels.count
        var (sums, squares) = ([Int](repeating: 0, count: numbers), [Int](repeating: 0, count: numbers))
        for render in renders {
            for (i, byte) in render.pixels.enumerated() {
                sums[i] += Int(byte)
                squares[i] += Int(byte) * Int(byte)
            }
        }
        let n = Double(renders.count)
        means = sums.map { Double($0) / n }
        var variances: [Double] = []
        for (sum, square) in zip(sums, squares) {
            let total = Double(sum)
            let variance: Double = (Double(square) - total * total / n) / (n - 1)
            variances.append(variance + 1.0 / 12)
        }
        self.variances = variances
    }

    /// - Parameter level: how likely a picture of the same spread fails in any pixel, 0...1
    /// - Throws: `ImageError.sizesDiffer`.
    public func test(_ picture: Bitmap, level: Double) throws -> Test {
        guard picture.width == width, picture.height == height else {
            throw ImageError.sizesDiffer(
                width: picture.width,
                height: picture.height,
                otherWidth: width,
                otherHeight: height
            )
        }
        // Sidak: 1 - (1 - level)^(1 / number of tests).
        let each = -Double.expm1(Double.log1p(-level) / Double(means.count))
        let critical = Self.normalDistance(bothTails: each)
        let n = Double(count)
        var (passing, worst) = (0, 0.0)
        for pixel in 0..<width * height {
            var passes = true
            for k in 3 * pixel..<3 * pixel + 3 {
                // The mean is itself one of n renders.
                let distance = abs(Double(picture.pixels[k]) - means[k]) / (variances[k] * (1 + 1 / n)).squareRoot()
                worst = max(worst, distance)
                if distance > critical { passes = false }
            }
            if passes { passing += 1 }
        }
        return Test(passing: Double(passing) / Double(width * height), worst: worst, critical: critical)
    }

    /// The distance from the mean of a normal distribution beyond which `p` of it lies, on both sides together.
    static func normalDistance(bothTails p: Double) -> Double {
        var (low, high) = (0.0, 40.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if bothTails(beyond: middle) > p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// erfc(z / sqrt 2): a series near the mean, a continued fraction far from it (Abramowitz, Stegun 26.2.10 and 26.2.14).
    static func bothTails(beyond z: Double) -> Double {
        let density = Double.exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        if z < 3 {
            var (term, sum) = (z, z)
            for k in 1..<200 {
                term *= z * z / Double(2 * k + 1)
                sum += term
            }
            return 1 - 2 * density * sum
        }
        var fraction = z
        for k in stride(from: 200, through: 1, by: -1) { fraction = z + Double(k) / fraction }
        return 2 * density / fraction
    }
}
