import Foundation
import Imaging
import Runner

/// What a picture says of its own making.
func readOrigin(_ bytes: [UInt8]) throws {
    let texts = PNGMetadata.read(from: Data(bytes))
    let byName = Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard let origin = PictureOrigin(texts: byName) else { return }
    try require(!origin.title.isEmpty || origin.node.isEmpty, "no title")
    _ = origin.recipeFile(near: "/nowhere/picture.png")
}
