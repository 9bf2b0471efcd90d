import Foundation
import Imaging
import Runner

/// A picture of ours with what it says of itself.
struct OriginalPicture {
    let bitmap: Bitmap
    let origin: PictureOrigin

    /// - Throws: `ImageError`; `ReplayError.saysNothing`.
    init(_ path: String) throws {
        bitmap = try Bitmap.read(path: path)
        guard let origin = try Self.origin(of: path) else { throw ReplayError.saysNothing(path) }
        self.origin = origin
    }

    /// - Returns: nil for a picture that does not say what made it
    static func origin(of path: String) throws -> PictureOrigin? {
        let texts = PictureTexts.read(from: try Data(contentsOf: URL(fileURLWithPath: path)))
        return PictureOrigin(
            texts: Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        )
    }
}
