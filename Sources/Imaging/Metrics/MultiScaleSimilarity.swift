import Elementary

/// MS-SSIM of two pictures of one size, the mean of the three channels: Wang, Simoncelli, Bovik 2003, with the window and
/// constants of SSIM at five scales, each half the one before.
///
/// pytorch-msssim 1.0: ms_ssim(data_range=255). As there, negative parts count as 0, and of an odd side the first pixel is
/// averaged with black.
///
/// - Parameter region: the pixels that count, as the middles of windows
/// - Returns: nil where a side has fewer than 161 pixels, whose window would leave the smallest scale.
public func multiScaleSimilarity(_ a: Bitmap, _ b: Bitmap, in region: PictureRegion? = nil) -> Double? {
    guard hasMultiScaleSimilarity(a) else { return nil }
    var (a, b, region) = (GreyLevels(a), GreyLevels(b), region)
    var products = [1.0, 1.0, 1.0]
    for (scale, exponent) in exponents.enumerated() {
        let means = SimilarityWindow.means(a, b, margin: SimilarityWindow.side / 2, pixelWeights: region?.weights)
        let isLast = scale == exponents.count - 1
        for channel in products.indices {
            let part = isLast ? means.similarity[channel] : means.contrast[channel]
            products[channel] *= Double.pow(part < 0 ? 0 : part, exponent)
        }
        if isLast { break }
        (a, b, region) = (a.halved(), b.halved(), region?.halved())
    }
    return products.reduce(0, +) / 3
}

/// Whether the window fits the smallest scale.
func hasMultiScaleSimilarity(_ picture: Bitmap) -> Bool {
    min(picture.width, picture.height) > (SimilarityWindow.side - 1) << (exponents.count - 1)
}

/// Of the five scales, the finest first.
private let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

extension GreyLevels {
    fileprivate func halved() -> GreyLevels {
        let (width, height, levels) = halvedPlane(levels, width: width, height: height, channels: 3)
        return GreyLevels(width: width, height: height, levels: levels)
    }
}

extension PictureRegion {
    fileprivate func halved() -> PictureRegion {
        let (width, height, weights) = halvedPlane(weights, width: width, height: height, channels: 1)
        return PictureRegion(width: width, height: height, weights: weights)
    }
}

/// The means of 2x2 numbers; before the first row and column of an odd side come zeros.
private func halvedPlane(
    _ values: [Float],
    width: Int,
    height: Int,
    channels: Int
) -> (width: Int, height: Int, values: [Float]) {
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    var result = [Float](repeating: 0, count: halfWidth * halfHeight * channels)
    for y in 0..<halfHeight {
        for x in 0..<halfWidth {
            for c in 0..<channels {
                var sum: Float = 0
                for row in [2 * y - height % 2, 2 * y + 1 - height % 2] where row >= 0 {
                    for column in [2 * x - width % 2, 2 * x + 1 - width % 2] where column >= 0 {
                        sum += values[(row * width + column) * channels + c]
                    }
                }
                result[(y * halfWidth + x) * channels + c] = sum / 4
            }
        }
    }
    return (halfWidth, halfHeight, result)
}
