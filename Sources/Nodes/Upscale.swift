import Graph
import Imaging
import Models
import Tensors

/// Pillow: Image.resize, LANCZOS; with a model xinntao/Real-ESRGAN: realesrgan/utils.py::RealESRGANer
struct Upscale: Node {
    static let version = 1
    static let help =
        "Enlarges a picture, in bytes: by the Lanczos filter that Pillow has, which invents nothing, or by a network, which does."
    static let precision = PrecisionUse.given(input: "model")

    @Input("the picture") var image: ImageArtifact
    @Input("the network, such as a file of Real-ESRGAN") var model: Upscaler?
    @Parameter(
        "what both sides are multiplied by; without it the model's own factor, or 2. To another than its own, a model's picture is brought by the Lanczos filter",
        in: 1...16
    )
    var factor: Double? = nil
    @Parameter(
        "the network sees tiles of so many pixels on each side, a multiple of 4, with 16 around them: smaller ones take less memory and more time",
        in: 32...1024
    )
    var tile: Int = 192

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let factor = max(1, parameters.number("factor"))
        let picture = 16 << 20 + Int(Double(WorkingMemory.numbers(of: inputBytes["image"])) * factor * factor)
        guard inputBytes["model"] != nil else { return picture }
        let side = parameters.whole("tile") + 2 * surroundings
        let pixels = min(side * side, WorkingMemory.pixels(of: inputBytes["image"]))
        return picture + pixels * WorkingMemory.upscalerPerPixel
    }

    func problems() -> [ParameterProblem] {
        guard tile % Self.unit != 0 else { return [] }
        return [
            ParameterProblem(
                "tile",
                "tile is \(tile), which is not a multiple of \(Self.unit)",
                hint: "use \(tile / Self.unit * Self.unit)"
            )
        ]
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard let size = known.size("image") else { return nil }
        let model = known.reference("model") as? Upscaler
        if known.isGiven("model"), model == nil { return nil }
        return try result(of: size, model: model, factor: known.number("factor"))
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let bitmap = image.bitmap
        let size = PictureSize(width: bitmap.width, height: bitmap.height)
        let result = try Self.result(of: size, model: model, factor: factor)
        let enlarged = try model.map { try enlarge(bitmap, by: $0, context) } ?? bitmap
        return ImageArtifact(enlarged.resampled(width: result.width, height: result.height))
    }

    private func enlarge(_ bitmap: Bitmap, by model: Upscaler, _ context: RunContext) throws -> Bitmap {
        let network = try model.network(context)
        let scale = network.config.scale
        var result = Bitmap(width: bitmap.width * scale, height: bitmap.height * scale)
        let size = PictureSize(width: bitmap.width, height: bitmap.height)
        let tiles = PictureTiles(size, side: tile, surroundings: Self.surroundings).tiles
        for (i, tile) in tiles.enumerated() {
            try context.checkCancellation()
            context.progress(i, tiles.count)
            let seen = FloatImage(bitmap.cropped(to: tile.seen)).tensor
            let picture = Bitmap(FloatImage(tensor: model.computing { network(seen) }))
            result.paste(
                picture.cropped(to: tile.kept(times: scale)),
                x: tile.kept.x * scale,
                y: tile.kept.y * scale
            )
        }
        return result
    }

    /// A network makes one pixel of at most so many on each side.
    private static let unit = 4
    private static let surroundings = 16
    private static let usualFactor = 2.0

    /// - Throws: where it, or what the model makes of the picture first, has more pixels than a picture may have.
    private static func result(
        of size: PictureSize,
        model: Upscaler?,
        factor: Double?
    ) throws(ParameterProblem) -> PictureSize {
        let own = model.map { Double($0.config.scale) }
        if let own { _ = try enlarged(size, by: own, of: "image", hint: "`resize` it first") }
        return try enlarged(size, by: factor ?? own ?? usualFactor, of: "factor")
    }

    private static func enlarged(
        _ size: PictureSize,
        by factor: Double,
        of parameter: String,
        hint: String? = nil
    ) throws(ParameterProblem) -> PictureSize {
        func side(_ side: Int) -> Int { Int((Double(side) * factor).rounded()) }
        let result = PictureSize(width: side(size.width), height: side(size.height))
        let limit = DecodeLimits.standard.pixels
        guard result.width <= limit / max(1, result.height) else {
            let message = "\(size) times \(factor) is \(result), more than \(limit) pixels"
            throw ParameterProblem(parameter, message, hint: hint)
        }
        return result
    }
}
