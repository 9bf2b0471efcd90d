/// The sides of a picture, in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// `640x480`
    public var description: String { "\(width)x\(height)" }
}
