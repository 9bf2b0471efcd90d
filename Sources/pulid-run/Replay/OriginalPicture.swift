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
        let texts = PNGMetadata.read(from: try Data(contentsOf: URL(fileURLWithPath: path)))
        let byName = Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard let origin = PictureOrigin(texts: byName) else { throw ReplayError.saysNothing(path) }
        self.origin = origin
    }
}
