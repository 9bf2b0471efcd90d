import Graph
import Imaging

/// Whether a render could be one of several others.
struct CompareRenders: Node {
    static let version = 1
    static let help =
        "Tests whether a picture is as far from several renders as they are from each other: a z-test of every pixel."

    @Input("the picture") var image: ImageArtifact
    @Input("two renders or more of the same scene, such as those of other seeds; eight or more say enough")
    var renders: [ImageArtifact]
    @Parameter(
        "how likely a picture of the same spread is to fail in any pixel; corrected for their number (Sidak)",
        in: 1e-9...0.5
    )
    var level: Double = 0.01

    func run(_ context: RunContext) throws -> SpreadArtifact {
        guard renders.count >= 2 else {
            throw NodeError.needs(what: "a second render", because: "one alone has no spread")
        }
        return SpreadArtifact(try RenderSpread(of: renders.map(\.bitmap)).test(image.bitmap, level: level))
    }
}
