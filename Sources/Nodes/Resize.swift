import Graph
import Imaging

/// Pillow: ImageOps.contain, fit and pad, with LANCZOS
struct Resize: Node {
    static let version = 1
    static let help =
        "Brings a picture to another size, in bytes, by the Lanczos filter that Pillow has; without width and height it only crops to a multiple."

    @Input("the picture") var image: ImageArtifact
    @Parameter("in pixels; without it, what the height and the picture's proportions make it", in: 1...16384)
    var width: Int? = nil
    @Parameter("in pixels; without it, what the width and the picture's proportions make it", in: 1...16384)
    var height: Int? = nil
    @Parameter("in place of both: the longer side", in: 1...16384) var longest: Int? = nil
    @Parameter(
        "where the proportions differ: fill cuts off what is too much, in the middle; fit makes the picture smaller on one side; pad does so and adds bars; stretch distorts"
    )
    var mode: ResizeMode = .fill
    @Parameter("both sides are multiples of this, 8 for SDXL; what is over is cut off around the middle", in: 1...1024)
    var multiple: Int = 1
    @Parameter("of the bars") var bars: BarColor = .black

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let sides = ["width", "height", "longest"].map { parameters.whole($0) }
        let side = sides.max() ?? 0
        return 16 << 20 + 2 * WorkingMemory.numbers(of: inputBytes["image"]) + 9 * side * side
    }

    func problems() -> [ParameterProblem] {
        if longest != nil, width != nil || height != nil {
            return [ParameterProblem("longest", "`longest` takes the place of `width` and `height`")]
        }
        return [("width", width), ("height", height)].compactMap { name, side in
            guard let side, width != nil && height != nil && mode != .fit, side % multiple != 0 else { return nil }
            return ParameterProblem(
                name,
                "\(name) is \(side), which is not a multiple of \(multiple)",
                hint: "use \(max(1, side / multiple) * multiple)"
            )
        }
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard case .string(let name) = known.parameter("mode"), let mode = ResizeMode(rawValue: name),
            let multiple = known.whole("multiple")
        else { return nil }
        let (width, height) = (known.whole("width"), known.whole("height"))
        if mode != .fit, let width, let height { return PictureSize(width: width, height: height) }
        guard let size = known.size("image") else { return nil }
        let shape = ResizeShape(size, width: width, height: height, longest: known.whole("longest"), mode: mode)
        return try shape.result(multiple: multiple)
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let bitmap = image.bitmap
        let size = PictureSize(width: bitmap.width, height: bitmap.height)
        let shape = ResizeShape(size, width: width, height: height, longest: longest, mode: mode)
        let result = try shape.result(multiple: multiple)
        let resized = bitmap.resampled(width: shape.scaled.width, height: shape.scaled.height)
        return ImageArtifact(resized.centered(in: result, around: bars.color))
    }
}

/// What to do where a picture's proportions are not those that are asked for.
package enum ResizeMode: String, ParameterChoice {
    case fill, fit, pad, stretch
}

package enum BarColor: String, ParameterChoice {
    case black, grey, white

    var color: RGB {
        switch self {
        case .black: .black
        case .grey: RGB(128, 128, 128)
        case .white: .white
        }
    }
}

/// How a picture comes to its new size: scaled, and then cropped or padded around the middle.
struct ResizeShape {
    let scaled: PictureSize
    /// Before it is brought to a multiple.
    private let frame: PictureSize

    init(_ size: PictureSize, width: Int?, height: Int?, longest: Int?, mode: ResizeMode) {
        func scaled(by factor: Double) -> PictureSize {
            func side(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
            return PictureSize(width: side(size.width), height: side(size.height))
        }
        let across = width.map { Double($0) / Double(size.width) }
        let down = height.map { Double($0) / Double(size.height) }
        switch (across, down) {
        case (let across?, let down?):
            let frame = PictureSize(width: width ?? size.width, height: height ?? size.height)
            let inside = scaled(by: min(across, down))
            switch mode {
            case .stretch: (self.scaled, self.frame) = (frame, frame)
            case .fill: (self.scaled, self.frame) = (scaled(by: max(across, down)), frame)
            case .pad: (self.scaled, self.frame) = (inside, frame)
            case .fit: (self.scaled, self.frame) = (inside, inside)
            }
        default:
            let whole = longest.map { Double($0) / Double(max(size.width, size.height)) }
            self.scaled = scaled(by: across ?? down ?? whole ?? 1)
            frame = self.scaled
        }
    }

    /// - Throws: where a side has less than the multiple, or there are more pixels than a picture may have.
    func result(multiple: Int) throws(ParameterProblem) -> PictureSize {
        let limit = DecodeLimits.standard.pixels
        for size in [scaled, frame] where size.width > limit / size.height {
            throw ParameterProblem(
                size == frame ? "image" : "mode",
                "the picture would be scaled to \(size), more than \(limit) pixels",
                hint: "`crop` it first, or ask for less"
            )
        }
        guard frame.width >= multiple, frame.height >= multiple else {
            throw ParameterProblem(
                "multiple",
                "the picture comes to \(frame), which is less than \(multiple) on a side",
                hint: "give a larger `width` and `height`"
            )
        }
        return PictureSize(
            width: frame.width / multiple * multiple,
            height: frame.height / multiple * multiple
        )
    }
}

extension Bitmap {
    /// The middle of the picture, or the picture in the middle, with bars where it does not reach.
    fileprivate func centered(in size: PictureSize, around color: RGB) -> Bitmap {
        guard size.width != width || size.height != height else { return self }
        var frame = Bitmap(width: size.width, height: size.height, filledWith: color)
        // A half goes to the right and below, whichever of the two is larger.
        func offset(_ outer: Int, _ inner: Int) -> Int { outer >= inner ? (outer - inner) / 2 : -((inner - outer) / 2) }
        frame.paste(self, x: offset(size.width, width), y: offset(size.height, height))
        return frame
    }
}
