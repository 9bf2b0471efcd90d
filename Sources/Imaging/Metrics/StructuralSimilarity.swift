import Elementary
import Kernels

/// SSIM of two pictures of one size, the mean of the three channels: Wang et al. 2004, with an 11x11 Gaussian window of
/// sigma 1.5, K1 = 0.01 and K2 = 0.03.
///
/// scikit-image: structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255,
/// channel_axis=2). Like there, the mean leaves out the 5 pixels at each border, whose window would leave the
/// picture. A picture with a side below 11 has no such interior; there (scikit-image refuses it) all pixels count,
/// and the borders are mirrored.
///
/// - Parameter region: the pixels that count, as the middles of windows
/// - Returns: what is no number where no pixel counts.
public func structuralSimilarity(_ a: Bitmap, _ b: Bitmap, in region: PictureRegion? = nil) -> Double {
    let margin = min(a.width, a.height) > 10 ? 5 : 0
    let means = SimilarityWindow.means(GreyLevels(a), GreyLevels(b), margin: margin, pixelWeights: region?.weights)
    return means.similarity.reduce(0, +) / 3
}

/// The 11x11 window of SSIM and MS-SSIM.
enum SimilarityWindow {
    /// The window's side.
    static let side = 11
    /// 0...5 away from the middle, along either side.
    private static let weights = {
        let raw = (0...5).map { Double.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = 2 * raw.dropFirst().reduce(0, +) + raw[0]
        return raw.map { $0 / sum }
    }()

    /// By channel, the means over the pixels at least `margin` from the border.
    static func means(_ a: GreyLevels, _ b: GreyLevels, margin: Int, pixelWeights: [Float]?) -> ChannelSimilarities {
        require(a.width == b.width && a.height == b.height, "the sizes differ")
        return a.levels.withUnsafeBufferPointer { x in
            b.levels.withUnsafeBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else {
                    fail("a picture is not empty")
                }
                func means(_ pixelWeights: UnsafePointer<Float>?) -> ChannelSimilarities {
                    structuralSimilarity(
                        x,
                        y,
                        height: a.height,
                        width: a.width,
                        channels: 3,
                        range: 255,
                        weights: weights,
                        margin: margin,
                        pixelWeights: pixelWeights
                    )
                }
                return pixelWeights?.withUnsafeBufferPointer { means($0.baseAddress) } ?? means(nil)
            }
        }
    }
}
