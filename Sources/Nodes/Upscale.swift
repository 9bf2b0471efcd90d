import Graph
import Imaging

/// Pillow: Image.resize, LANCZOS
struct Upscale: Node {
    static let version = 1
    static let help =
        "Enlarges a picture by a factor, in bytes, by the Lanczos filter that Pillow has: nothing is invented."

    @Input("the picture") var image: ImageArtifact
    @Parameter("what both sides are multiplied by", in: 1...16) var factor: Double = 2

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let factor = max(1, parameters.number("factor"))
        return 16 << 20 + Int(Double(WorkingMemory.numbers(of: inputBytes["image"])) * factor * factor)
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard let size = known.size("image"), let factor = known.number("factor") else { return nil }
        return try enlarged(size, by: factor)
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let bitmap = image.bitmap
        let size = try Self.enlarged(PictureSize(width: bitmap.width, height: bitmap.height), by: factor)
        return ImageArtifact(bitmap.resampled(width: size.width, height: size.height))
    }

    /// - Throws: where it would have more pixels than a picture may have.
    private static func enlarged(_ size: PictureSize, by factor: Double) throws(ParameterProblem) -> PictureSize {
        func side(_ side: Int) -> Int { Int((Double(side) * factor).rounded()) }
        let result = PictureSize(width: side(size.width), height: side(size.height))
        let limit = DecodeLimits.standard.pixels
        guard result.width <= limit / max(1, result.height) else {
            throw ParameterProblem("factor", "\(size) times \(factor) is \(result), more than \(limit) pixels")
        }
        return result
    }
}
