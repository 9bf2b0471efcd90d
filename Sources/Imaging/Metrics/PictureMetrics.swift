import Elementary

/// How far two float pictures of one size are apart. Intensities count from 0 to 1; values beyond count too.
public struct PictureMetrics: Equatable, Sendable {
    /// The largest difference of any channel of any pixel.
    public var maxAbs: Double
    /// The mean absolute difference over all channels and pixels.
    public var meanAbs: Double
    /// The mean squared difference.
    public var mse: Double
    /// Structural similarity, 1 for equal pictures; see `structuralSimilarity`.
    public var ssim: Double

    /// Peak signal-to-noise ratio in dB with peak 1: 10 log10(1 / mse). Infinite when the pictures are equal.
    public var psnr: Double { mse == 0 ? .infinity : -10 * Double.log10(mse) }

    /// Throws `ImageError.sizesDiffer`. A value that is not a number makes every measure so.
    public init(between a: FloatImage, and b: FloatImage) throws {
        guard a.width == b.width, a.height == b.height else {
            throw ImageError.sizesDiffer(width: a.width, height: a.height, otherWidth: b.width, otherHeight: b.height)
        }
        var (largest, sum, squares) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a.pixels, b.pixels) {
            let difference = abs(Double(x) - Double(y))
            largest = largest > difference ? largest : difference
            sum += difference
            squares += difference * difference
        }
        let count = Double(a.pixels.count)
        maxAbs = sum.isNaN ? .nan : largest
        meanAbs = sum / count
        mse = squares / count
        ssim = structuralSimilarity(a, b)
    }

    public init(between a: Bitmap, and b: Bitmap) throws {
        try self.init(between: FloatImage(a), and: FloatImage(b))
    }
}
