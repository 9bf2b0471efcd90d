import EngineTestSupport
import Foundation
import Imaging
import Recipes
import Runner

/// What a picture says of its own making.
func readOrigin(_ bytes: [UInt8]) throws {
    let texts = PNGMetadata.read(from: Data(bytes))
    let byName = Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard let origin = PictureOrigin(texts: byName) else { return }
    try require(!origin.title.isEmpty || origin.node.isEmpty, "no title")
    _ = origin.recipeFile(near: "/nowhere/picture.png")
}

/// What a picture of any format carries beside its pixels, and the recipe among it, which is refused with reasons or read.
func readTexts(_ bytes: [UInt8]) throws {
    let texts = PictureTexts.read(from: Data(bytes))
    let byName = Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard let origin = PictureOrigin(texts: byName) else { return }
    _ = origin.nodes.count + origin.likelyRecipeFile(near: "/nowhere/picture.jpg").count
    guard let result = origin.result else { return }
    try readRecipe(Array(result.utf8))
}
