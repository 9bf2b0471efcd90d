import Graph
import Imaging

/// A PNG, JPEG or WebP file as a picture, turned as its EXIF data says.
struct LoadImage: Node {
    static let version = 1
    static let help = "Reads a PNG, JPEG or WebP picture."
    static let evaluation = Evaluation.cachedEarly

    @Parameter("the picture") var file: FileReference

    func run(_ context: RunContext) throws -> ImageArtifact { ImageArtifact(try Bitmap.read(path: file.path)) }
}
