import Graph
import Tensors

/// A white rectangle on black, for `place_id`.
struct DrawMask: Node {
    static let version = 1
    static let help = "Draws a mask: a white rectangle on black, sharp or with soft edges."

    @Parameter("the rectangle's left edge, as a fraction of the width", in: 0...1) var left: Double = 0
    @Parameter("its top edge, as a fraction of the height", in: 0...1) var top: Double = 0
    @Parameter("its right edge", in: 0...1) var right: Double = 1
    @Parameter("its bottom edge", in: 0...1) var bottom: Double = 1
    @Parameter(
        "how wide its edges are, as a fraction of the side, half within and half without; those on the picture's border stay sharp",
        in: 0...1
    )
    var feather: Double = 0
    @Parameter("in pixels", in: 1...4096) var width: Int = 512
    @Parameter("in pixels", in: 1...4096) var height: Int = 512

    func problems() -> [ParameterProblem] {
        func empty(_ low: String, _ high: String, _ from: Double, _ to: Double) -> ParameterProblem? {
            guard from >= to else { return nil }
            return ParameterProblem(
                high,
                "\(low) is \(from) and \(high) \(to): the mask would be black",
                hint: "\(high) is more than \(low)"
            )
        }
        return [empty("left", "right", left, right), empty("top", "bottom", top, bottom)].compactMap { $0 }
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard let width = known.whole("width"), let height = known.whole("height") else { return nil }
        return PictureSize(width: width, height: height)
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let across = weights(width, from: left, to: right)
        let channel = weights(height, from: top, to: bottom).flatMap { y in across.map { Float(2 * $0 * y - 1) } }
        return ImageArtifact(Tensor([channel, channel, channel].flatMap { $0 }, shape: [1, 3, height, width]))
    }

    /// Of the middle of each pixel: 0 to 1 along a soft edge, in proportion; two rectangles that meet at an edge make 1.
    private func weights(_ count: Int, from low: Double, to high: Double) -> [Double] {
        func inside(_ distance: Double) -> Double {
            feather > 0 ? min(max(distance / feather + 0.5, 0), 1) : distance >= 0 ? 1 : 0
        }
        return (0..<count).map { i in
            let middle = (Double(i) + 0.5) / Double(count)
            return (low > 0 ? inside(middle - low) : 1) * (high < 1 ? 1 - inside(middle - high) : 1)
        }
    }
}
