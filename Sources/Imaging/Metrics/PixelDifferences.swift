import Elementary

/// How far the pixels of two pictures of one size are apart. Intensities count from 0 to 1: a grey level is 1/255.
public struct PixelDifferences: Equatable, Sendable {
    /// The largest difference of any channel of any pixel.
    public let maxAbs: Double
    /// The mean absolute difference over all channels and pixels.
    public let meanAbs: Double
    /// The mean squared difference.
    public let mse: Double
    /// Pixels of which a channel differs by more than `limit`.
    public let pixelsOver: Int
    /// Pixels that were measured.
    public let pixels: Int

    /// `pixelsOver` as a fraction of all, 0...1.
    public var shareOver: Double { Double(pixelsOver) / Double(pixels) }
    /// The root of the mean squared difference.
    public var rmse: Double { mse.squareRoot() }
    /// Peak signal-to-noise ratio in dB with peak 1: 10 log10(1 / mse). Infinite when the pictures are equal.
    public var psnr: Double { mse == 0 ? .infinity : -10 * Double.log10(mse) }

    /// - Parameters:
    ///   - limit: in 0...1; a difference of exactly `limit` is not over it
    ///   - region: the pixels that count
    /// - Throws: `ImageError.sizesDiffer`.
    public init(between a: Bitmap, and b: Bitmap, over limit: Double = 0, in region: PictureRegion? = nil) throws {
        try Bitmap.checkSameSize(a, b)
        // 255 times a number that is written as n/255 may be a little less than n.
        let most = Int((limit * 255 + 1e-9).rounded(.down))
        var (largest, sum, squares, over, count) = (0, 0, 0, 0, 0)
        a.pixels.withUnsafeBufferPointer { x in
            b.pixels.withUnsafeBufferPointer { y in
                for i in 0..<a.width * a.height where region?.counts(i) ?? true {
                    var worst = 0
                    for k in 3 * i..<3 * i + 3 {
                        let difference = abs(Int(x[k]) - Int(y[k]))
                        worst = max(worst, difference)
                        sum += difference
                        squares += difference * difference
                    }
                    largest = max(largest, worst)
                    if worst > most { over += 1 }
                    count += 1
                }
            }
        }
        let channels = Double(3 * count)
        maxAbs = Double(largest) / 255
        meanAbs = Double(sum) / 255 / channels
        mse = Double(squares) / 65025 / channels
        (pixelsOver, pixels) = (over, count)
    }
}

extension Bitmap {
    /// - Throws: `ImageError.sizesDiffer`.
    static func checkSameSize(_ a: Bitmap, _ b: Bitmap) throws {
        guard a.width == b.width, a.height == b.height else {
            throw ImageError.sizesDiffer(width: a.width, height: a.height, otherWidth: b.width, otherHeight: b.height)
        }
    }
}
