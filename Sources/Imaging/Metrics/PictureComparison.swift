/// All that is measured of a picture against another of the same size, in 8 bits.
public struct PictureComparison: Sendable {
    public let differences: PixelDifferences
    /// Structural similarity, 1 for equal pictures; see `structuralSimilarity`.
    public let ssim: Double
    /// See `multiScaleSimilarity`; nil for small pictures.
    public let msSSIM: Double?
    public let flip: ErrorMap

    /// - Parameters:
    ///   - limit: in 0...1; for `PixelDifferences.pixelsOver`
    ///   - mask: of the same size; pixels that are nearer to black than to white do not count. Windows that reach over
    ///     them see what `b` has there.
    /// - Throws: `ImageError.sizesDiffer`; `ImageError.nothingToMeasure`.
    public init(of a: Bitmap, with b: Bitmap, over limit: Double = 0, mask: Bitmap? = nil) throws {
        try Bitmap.checkSameSize(a, b)
        let region = try mask.map { mask in
            try Bitmap.checkSameSize(mask, b)
            return try PictureRegion(mask: mask)
        }
        let a = region?.outside(of: a, as: b) ?? a
        differences = try PixelDifferences(between: a, and: b, over: limit, in: region)
        if a == b {
            // No two ways to be equal.
            ssim = 1
            msSSIM = hasMultiScaleSimilarity(a) ? 1 : nil
        } else {
            ssim = structuralSimilarity(a, b, in: region)
            msSSIM = multiScaleSimilarity(a, b, in: region)
        }
        flip = try FLIP().map(a, b, in: region)
    }
}
