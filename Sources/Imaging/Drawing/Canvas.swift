/// A float picture to draw on. Edges are anti-aliased; drawing outside is cut off; the same calls give the same bits.
public struct Canvas: Sendable {
    public private(set) var image: FloatImage
    /// The clip of the last call and what it covers: many strands of hair lie in one head of hair.
    private var lastClip: (path: Path, coverage: Coverage)?

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
        if let clip, !coverage.values.isEmpty { coverage.clip(to: self.coverage(ofClip: clip)) }
        fill(coverage, with: paint)
    }

    private mutating func coverage(ofClip clip: Path) -> Coverage {
        if let lastClip, lastClip.path == clip { return lastClip.coverage }
        let coverage = Coverage(of: clip, width: width, height: height)
        lastClip = (clip, coverage)
        return coverage
    }

    /// Strokes `path` with a round pen.
    public mutating func stroke(_ path: Path, width: Double, with paint: Paint, closed: Bool = false, clip: Path? = nil)
    {
        fill(path.stroked(width: width, closed: closed), with: paint, clip: clip)
    }

    mutating func fill(_ coverage: Coverage, with paint: Paint) {
        let (width, columns) = (width, coverage.columns)
        paint.withColors { color in
            image.pixels.withUnsafeMutableBufferPointer { pixels in
                coverage.values.withUnsafeBufferPointer { values in
                    var i = 0
                    for row in coverage.rows {
                        var target = (row * width + columns.lowerBound) * 3
                        for column in columns {
                            let cover = min(values[i], 1)
                            i += 1
                            defer { target += 3 }
                            guard cover > 0 else { continue }
                            let color = color(Point(Double(column) + 0.5, Double(row) + 0.5))
                            let alpha = cover * color.a
                            pixels[target] += (color.r - pixels[target]) * alpha
                            pixels[target + 1] += (color.g - pixels[target + 1]) * alpha
                            pixels[target + 2] += (color.b - pixels[target + 2]) * alpha
                        }
                    }
                }
            }
        }
    }
}
