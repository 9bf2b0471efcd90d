/// A small picture of something unfinished.
public struct PreviewPicture: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// Red, green and blue of each pixel, row by row.
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == 3 * width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
