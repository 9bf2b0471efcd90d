import Foundation

/// SSIM of two pictures of one size, the mean of the three channels: Wang et al. 2004, with an 11x11 Gaussian window of
/// sigma 1.5, K1 = 0.01, K2 = 0.03 and range 1.
///
/// scikit-image: structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1,
/// channel_axis=2). Like there, the mean leaves out the 5 pixels at each border, whose window would leave the
/// picture. A picture with a side below 11 has no such interior; there (scikit-image refuses it) all pixels count,
/// and the borders are mirrored.
public func structuralSimilarity(_ a: FloatImage, _ b: FloatImage) -> Double {
    precondition(a.width == b.width && a.height == b.height, "structuralSimilarity: the sizes differ")
    let sum = (0..<3).reduce(0.0) { $0 + structuralSimilarity(a, b, channel: $1) }
    return sum / 3
}

private func structuralSimilarity(_ a: FloatImage, _ b: FloatImage, channel: Int) -> Double {
    let window = GaussianWindow(width: a.width, height: a.height)
    let x = stride(from: channel, to: a.pixels.count, by: 3).map { Double(a.pixels[$0]) }
    let y = stride(from: channel, to: b.pixels.count, by: 3).map { Double(b.pixels[$0]) }
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)

    // 1. Local means, variances and covariance.
    let meanX = window.blur(x)
    let meanY = window.blur(y)
    let meanXX = window.blur(zip(x, x).map(*))
    let meanYY = window.blur(zip(y, y).map(*))
    let meanXY = window.blur(zip(x, y).map(*))

    // 2. SSIM at each pixel, averaged over the interior.
    let radius = GaussianWindow.radius
    let margin = min(a.width, a.height) > 2 * radius ? radius : 0
    var sum = 0.0
    for row in margin..<a.height - margin {
        for i in row * a.width + margin..<(row + 1) * a.width - margin {
            let (mx, my) = (meanX[i], meanY[i])
            let covariance = meanXY[i] - mx * my
            let variances = meanXX[i] - mx * mx + meanYY[i] - my * my
            sum += (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (variances + c2))
        }
    }
    return sum / Double((a.width - 2 * margin) * (a.height - 2 * margin))
}

/// The separable 11-tap Gaussian of sigma 1.5; borders are mirrored with the edge pixel doubled.
private struct GaussianWindow {
    static let radius = 5
    let width: Int
    let height: Int
    private let weights: [Double]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        let raw = (-Self.radius...Self.radius).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = raw.reduce(0, +)
        weights = raw.map { $0 / sum }
    }

    func blur(_ values: [Double]) -> [Double] {
        let columns = taps(width)
        let rows = taps(height)
        var across = [Double](repeating: 0, count: values.count)
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for k in 0..<weights.count { sum += weights[k] * values[y * width + columns[x + k]] }
                across[y * width + x] = sum
            }
        }
        var result = [Double](repeating: 0, count: values.count)
        for y in 0..<height {
            for k in 0..<weights.count {
                let source = rows[y + k] * width
                for x in 0..<width { result[y * width + x] += weights[k] * across[source + x] }
            }
        }
        return result
    }

    /// Entry i is the position that i - radius is mirrored to.
    private func taps(_ length: Int) -> [Int] {
        (-Self.radius..<length + Self.radius).map { position in
            let period = 2 * length
            let wrapped = ((position % period) + period) % period
            return wrapped < length ? wrapped : period - 1 - wrapped
        }
    }
}
