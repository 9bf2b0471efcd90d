/// A float picture to draw on. Edges are anti-aliased; drawing outside is cut off; the same calls give the same bits.
public struct Canvas: Sendable {
    public private(set) var image: FloatImage

    public init(width: Int, height: Int, background: Color = .white) {
        image = FloatImage(width: width, height: height, filledWith: background)
    }

    public init(_ image: FloatImage) {
        self.image = image
    }

    public var width: Int { image.width }
    public var height: Int { image.height }

    /// Fills `path` (nonzero winding), only where `clip` is, if there is one.
    public mutating func fill(_ path: Path, with paint: Paint, clip: Path? = nil) {
        var coverage = Coverage(of: path, width: width, height: height)
        if let clip { coverage.clip(to: Coverage(of: clip, width: width, height: height)) }
        fill(coverage, with: paint)
    }

    /// Strokes `path` with a round pen.
    public mutating func stroke(_ path: Path, width: Double, with paint: Paint, closed: Bool = false, clip: Path? = nil)
    {
        fill(path.stroked(width: width, closed: closed), with: paint, clip: clip)
    }

    mutating func fill(_ coverage: Coverage, with paint: Paint) {
        let flat: Color? = if case .color(let color) = paint { color } else { nil }
        var i = 0
        for row in coverage.rows {
            for column in coverage.columns {
                let cover = min(coverage.values[i], 1)
                i += 1
                guard cover > 0 else { continue }
                let color = flat ?? paint.color(at: Point(Double(column) + 0.5, Double(row) + 0.5))
                let alpha = cover * color.a
                let target = (row * width + column) * 3
                image.pixels[target] += (color.r - image.pixels[target]) * alpha
                image.pixels[target + 1] += (color.g - image.pixels[target + 1]) * alpha
                image.pixels[target + 2] += (color.b - image.pixels[target + 2]) * alpha
            }
        }
    }
}
