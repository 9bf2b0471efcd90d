import Elementary
import Kernels

/// SSIM of two pictures of one size, the mean of the three channels: Wang et al. 2004, with an 11x11 Gaussian window of
/// sigma 1.5, K1 = 0.01, K2 = 0.03 and range 1.
///
/// scikit-image: structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1,
/// channel_axis=2). Like there, the mean leaves out the 5 pixels at each border, whose window would leave the
/// picture. A picture with a side below 11 has no such interior; there (scikit-image refuses it) all pixels count,
/// and the borders are mirrored.
public func structuralSimilarity(_ a: FloatImage, _ b: FloatImage) -> Double {
    precondition(a.width == b.width && a.height == b.height, "structuralSimilarity: the sizes differ")
    let raw = (0...5).map { Double.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = 2 * raw.dropFirst().reduce(0, +) + raw[0]
    return a.pixels.withUnsafeBufferPointer { x in
        b.pixels.withUnsafeBufferPointer { y in
            guard let x = x.baseAddress, let y = y.baseAddress else { return .nan }
            return structuralSimilarity(
                x,
                y,
                height: a.height,
                width: a.width,
                channels: 3,
                weights: raw.map { $0 / sum },
                margin: min(a.width, a.height) > 10 ? 5 : 0
            )
        }
    }
}
