import Graph
import Imaging

/// A part of a picture.
struct Crop: Node {
    static let version = 1
    static let help = "Cuts a rectangle out of a picture, or the square around a face."

    @Input("the picture") var image: ImageArtifact
    @Input("a face of this very picture: the square around it is cut out, in place of the four edges")
    var face: FaceArtifact?
    @Parameter("the rectangle's left edge, as a fraction of the width", in: 0...1) var left: Double = 0
    @Parameter("its top edge, as a fraction of the height", in: 0...1) var top: Double = 0
    @Parameter("its right edge", in: 0...1) var right: Double = 1
    @Parameter("its bottom edge", in: 0...1) var bottom: Double = 1
    @Parameter("with face: how much is left around it, as a fraction of its longer side", in: 0...10)
    var margin: Double = 0.5

    func problems() -> [ParameterProblem] {
        PictureBox.problems(left: left, top: top, right: right, bottom: bottom)
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard !known.isGiven("face"), let size = known.size("image"), let left = known.number("left"),
            let top = known.number("top"), let right = known.number("right"), let bottom = known.number("bottom")
        else { return nil }
        let box = PictureBox(left: left, top: top, right: right, bottom: bottom, of: size)
        return PictureSize(width: box.width, height: box.height)
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let bitmap = image.bitmap
        let size = PictureSize(width: bitmap.width, height: bitmap.height)
        let box =
            face.map { PictureBox(around: $0, margin: margin, of: size) }
            ?? PictureBox(left: left, top: top, right: right, bottom: bottom, of: size)
        return ImageArtifact(bitmap.cropped(to: box))
    }
}
