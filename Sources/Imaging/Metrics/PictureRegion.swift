/// The pixels of a picture that count when it is measured; what else is in it may change.
public struct PictureRegion: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// (height, width): how much each pixel counts, 0 not at all ... 1 fully.
    let weights: [Float]

    /// The pixels that are nearer to white than to black in a mask.
    ///
    /// - Throws: `ImageError.nothingToMeasure` for a mask in which there are none.
    public init(mask: Bitmap) throws {
        let luma = FloatImage(mask).luma()
        self.init(width: mask.width, height: mask.height, weights: luma.map { $0 >= 0.5 ? 1 : 0 })
        guard weights.contains(1) else { throw ImageError.nothingToMeasure }
    }

    init(width: Int, height: Int, weights: [Float]) {
        self.width = width
        self.height = height
        self.weights = weights
    }

    func counts(_ pixel: Int) -> Bool { weights[pixel] > 0 }

    /// `picture` with the pixels of `other` wherever none counts, so that windows at the region's border see the same.
    func outside(of picture: Bitmap, as other: Bitmap) -> Bitmap {
        var pixels = picture.pixels
        for (i, weight) in weights.enumerated() where weight == 0 {
            for k in 3 * i..<3 * i + 3 { pixels[k] = other.pixels[k] }
        }
        return Bitmap(width: picture.width, height: picture.height, pixels: pixels)
    }
}
