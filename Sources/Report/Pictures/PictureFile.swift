import Foundation
import Imaging

/// A picture as a browser is given it: always made anew of pixels, so that nothing else of a stranger's file comes along.
struct PictureFile {
    static let type = "image/webp"

    /// nil for a picture that WebP has no room for.
    static func full(_ picture: Bitmap) -> Data? { try? picture.encodedWebP() }

    /// - Parameter edge: the longest, in pixels.
    static func thumbnail(_ picture: Bitmap, edge: Int, quality: Int = 75) -> Data? {
        let scale = min(1, Double(edge) / Double(max(picture.width, picture.height)))
        func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded())) }
        let small = picture.resized(width: scaled(picture.width), height: scaled(picture.height), by: .area)
        return try? small.encodedWebP(quality: quality)
    }
}
