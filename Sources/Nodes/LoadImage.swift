import Graph
import Imaging

/// A PNG, JPEG, WebP, AVIF or HEIC file as a picture, turned as its EXIF data says.
struct LoadImage: Node {
    static let version = 2
    static let help = "Reads a PNG, JPEG or WebP picture; AVIF and HEIC where libheif is installed."
    static let evaluation = Evaluation.cachedEarly
    static var numerics: String { CodecVersions.lossy }

    /// A photograph of 12 megapixels as it comes out of its file; how large this one is, it says itself.
    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int { 64 << 20 }

    @Parameter("the picture") var file: FileReference

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard case .string(let path) = known.parameter("file") else { return nil }
        return PictureHeader.size(path: path).map { PictureSize(width: $0.width, height: $0.height) }
    }

    func run(_ context: RunContext) throws -> ImageArtifact { ImageArtifact(try Bitmap.read(path: file.path)) }
}
