import Graph
import Imaging
import World

extension SkinTone: ParameterChoice {}
extension EyeColor: ParameterChoice {}
extension HairStyle: ParameterChoice {}
extension HairColor: ParameterChoice {}
extension Beard: ParameterChoice {}
extension FaceStyle: ParameterChoice {}
extension Backdrop: ParameterChoice {}
extension PaintName: ParameterChoice {}
extension Clothing: ParameterChoice {}
extension Accessory: ParameterChoice {}
extension Expression: ParameterChoice {}
extension Light: ParameterChoice {}

/// A person who does not exist, drawn from factors.
struct DrawFaceNode: Node {
    static let name = "draw_face"
    static let version = 4
    static let help = "Draws a face: a seed says who it is, the other settings change single factors."

    @Parameter("who it is") var seed: Seed
    @Parameter("the person's own unless given") var skin: SkinTone? = nil
    @Parameter("the person's own unless given") var eyeColor: EyeColor? = nil
    @Parameter("the person's own unless given") var hairStyle: HairStyle? = nil
    @Parameter("the person's own unless given") var hairColor: HairColor? = nil
    @Parameter("the person's own unless given") var beard: Beard? = nil
    @Parameter("none to many; the person's own unless given", in: 0...1) var freckles: Double? = nil
    @Parameter("0 a child, 0.2 to 0.5 grown up, 1 old; as the seed has it unless given", in: 0...1)
    var age: Double? = nil

    @Parameter("draws the whole scene at random; settings below still win") var sceneSeed: Seed? = nil
    @Parameter("how it is painted") var style: FaceStyle? = nil
    @Parameter("what is behind") var background: Backdrop? = nil
    @Parameter("the colour of plain and studio backgrounds") var backgroundColor: PaintName? = nil
    @Parameter("what is worn") var clothing: Clothing? = nil
    @Parameter("its colour") var clothingColor: PaintName? = nil
    @Parameter("what is worn on the head") var accessory: Accessory? = nil
    @Parameter("the look on the face") var expression: Expression? = nil
    @Parameter("where light comes from") var light: Light? = nil
    @Parameter("turn of the head in radians, positive to the right of the picture", in: -0.5...0.5)
    var yaw: Double? = nil
    @Parameter("lean of the head in radians, clockwise", in: -0.3...0.3) var tilt: Double? = nil
    @Parameter("above 1 closer, below 1 farther away", in: 0.3...1.6) var scale: Double? = nil
    @Parameter("pixels on each side", in: 16...4096) var size: Int = 512

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        known.whole("size").map { PictureSize(width: $0, height: $0) }
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        var identity = FaceIdentity(seed: seed.value)
        if let skin { identity.skin = skin }
        if let eyeColor { identity.eyeColor = eyeColor }
        if let hairStyle { identity.hairStyle = hairStyle }
        if let hairColor { identity.hairColor = hairColor }
        if let beard { identity.beard = beard }
        if let freckles { identity.freckles = freckles }
        if let age { identity.grow(to: age) }

        var scene = sceneSeed.map { FaceScene(seed: $0.value) } ?? FaceScene()
        if let style { scene.style = style }
        if let background { scene.background = background }
        if let backgroundColor { scene.backgroundColor = backgroundColor }
        if let clothing { scene.clothing = clothing }
        if let clothingColor { scene.clothingColor = clothingColor }
        if let accessory { scene.accessory = accessory }
        if let expression { scene.expression = expression }
        if let light { scene.light = light }
        if let yaw { scene.yaw = yaw }
        if let tilt { scene.tilt = tilt }
        if let scale { scene.scale = scale }
        return ImageArtifact(drawFace(identity, in: scene, size: size).bitmap)
    }
}
