import Graph
import Imaging

/// Pillow: Image.paste with a mask
struct Composite: Node {
    static let version = 1
    static let help =
        "Puts one picture on another, wholly or by a mask: into a rectangle of it, or into the square around a face, from which crop took it."

    @Input("what is put") var image: ImageArtifact
    @Input("what it is put on") var background: ImageArtifact
    @Input("where of the picture it shows: white does, black does not, grey partly; stretched over it")
    var mask: ImageArtifact?
    @Input("a face of the background: the square around it is the place, in place of the four edges")
    var face: FaceArtifact?
    @Parameter("the place's left edge, as a fraction of the background's width", in: 0...1) var left: Double = 0
    @Parameter("its top edge, as a fraction of the height", in: 0...1) var top: Double = 0
    @Parameter("its right edge", in: 0...1) var right: Double = 1
    @Parameter("its bottom edge", in: 0...1) var bottom: Double = 1
    @Parameter("with face: how much lies around it, as crop has it", in: 0...10) var margin: Double = 0.5

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        16 << 20 + inputBytes.values.reduce(0) { $0 + WorkingMemory.numbers(of: $1) }
    }

    func problems() -> [ParameterProblem] {
        PictureBox.problems(left: left, top: top, right: right, bottom: bottom)
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? { known.size("background") }

    func run(_ context: RunContext) throws -> ImageArtifact {
        var result = background.bitmap
        let size = PictureSize(width: result.width, height: result.height)
        let box =
            face.map { PictureBox(around: $0, margin: margin, of: size) }
            ?? PictureBox(left: left, top: top, right: right, bottom: bottom, of: size)
        let placed = image.bitmap.resampled(width: box.width, height: box.height)
        guard let mask else {
            result.paste(placed, x: box.x, y: box.y)
            return ImageArtifact(result)
        }
        let below = result.cropped(to: box)
        let weights = mask.bitmap.resampled(width: box.width, height: box.height).greyLevels
        result.paste(placed.blended(over: below, weights: weights), x: box.x, y: box.y)
        return ImageArtifact(result)
    }
}
