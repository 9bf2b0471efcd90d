import Elementary

/// Lines to fill or to stroke. Curves become short straight pieces as they are added, so a path can be bent by any
/// function of the plane (`mapped`). Filling closes every subpath; where subpaths overlap, the nonzero winding rule
/// holds.
public struct Path: Equatable, Sendable {
    /// All subpaths' points, one subpath after another: a stroke has dozens of subpaths, and an array of its own for
    /// each would cost more than what is in it.
    private(set) var points: [Point] = []
    /// Where in `points` each subpath starts.
    private(set) var starts: [Int] = []

    private static let piecesPerCurve = 16

    public init() {}

    /// One polygon, or one open line of straight pieces.
    public init(_ points: [Point]) {
        self.points = points
        starts = [0]
    }

    /// Polygons or open lines, each an array of its own.
    public var subpaths: [[Point]] { starts.indices.map { Array(points[range(ofSubpath: $0)]) } }

    /// The points of subpath `i` within `points`.
    func range(ofSubpath i: Int) -> Range<Int> { starts[i]..<(i + 1 < starts.count ? starts[i + 1] : points.count) }

    public mutating func move(to point: Point) {
        starts.append(points.count)
        points.append(point)
    }

    public mutating func line(to point: Point) {
        if starts.isEmpty { starts.append(0) }
        points.append(point)
    }

    /// A quadratic Bezier curve from the current point.
    public mutating func curve(to end: Point, control: Point) {
        guard let last = starts.last, last < points.count else { return move(to: end) }
        let start = points[points.count - 1]
        for step in 1...Path.piecesPerCurve {
            let t = Double(step) / Double(Path.piecesPerCurve)
            line(to: start * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + end * (t * t))
        }
    }

    /// Adds the subpaths of `other`.
    public mutating func append(_ other: Path) {
        starts += other.starts.map { $0 + points.count }
        points += other.points
    }

    public func mapped(_ transform: (Point) -> Point) -> Path {
        var result = self
        result.points = points.map(transform)
        return result
    }

    /// The smallest rectangle around all points, or nil without any.
    public var bounds: (low: Point, high: Point)? {
        guard var low = points.first else { return nil }
        var high = low
        for p in points {
            low = Point(min(low.x, p.x), min(low.y, p.y))
            high = Point(max(high.x, p.x), max(high.y, p.y))
        }
        return (low, high)
    }
}

extension Path {
    public static func rectangle(x: Double, y: Double, width: Double, height: Double) -> Path {
        Path([Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height)])
    }

    /// `angle` turns it clockwise on the screen, in radians.
    public static func ellipse(
        center: Point,
        radiusX: Double,
        radiusY: Double,
        angle: Double = 0,
        pieces: Int = 48
    ) -> Path {
        let (s, c) = (Double.sin(angle), Double.cos(angle))
        return Path(
            unitCircle(pieces: pieces).map { p in
                let (x, y) = (radiusX * p.x, radiusY * p.y)
                return Point(center.x + c * x - s * y, center.y + s * x + c * y)
            }
        )
    }

    private static func unitCircle(pieces: Int) -> [Point] {
        switch pieces {
        case 12: circle12
        case 48: circle48
        default: makeCircle(pieces: pieces)
        }
    }

    private static let circle12 = makeCircle(pieces: 12)
    private static let circle48 = makeCircle(pieces: 48)

    private static func makeCircle(pieces: Int) -> [Point] {
        (0..<pieces).map { i in
            let t = 2 * Double.pi * Double(i) / Double(pieces)
            return Point(Double.cos(t), Double.sin(t))
        }
    }

    /// A smooth line through all points (uniform Catmull-Rom); `closed` also joins the last to the first.
    public static func smooth(_ points: [Point], closed: Bool = false, pieces: Int = 8) -> Path {
        let n = points.count
        guard n > 2 else { return Path(points) }
        func at(_ i: Int) -> Point { closed ? points[(i + n) % n] : points[min(max(i, 0), n - 1)] }
        var line = [points[0]]
        line.reserveCapacity(1 + n * pieces)
        for i in 0..<(closed ? n : n - 1) {
            let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2))
            let cubic = p1 * 3 - p0 - p2 * 3 + p3
            let square = p0 * 2 - p1 * 5 + p2 * 4 - p3
            let linear = p2 - p0
            for step in 1...pieces {
                let t = Double(step) / Double(pieces)
                line.append(p1 + (cubic * (t * t * t) + square * (t * t) + linear * t) * 0.5)
            }
        }
        if closed { line.removeLast() }
        return Path(line)
    }

    /// The outline of a line drawn with a round pen, whose width at each point is `width(t)`, t = 0...1 along the
    /// points.
    public func stroked(closed: Bool = false, width: (Double) -> Double) -> Path {
        var outline = Path()
        outline.points.reserveCapacity(points.count * 16)
        outline.starts.reserveCapacity(points.count * 2)
        for i in starts.indices {
            var line = points[range(ofSubpath: i)]
            if closed, let first = line.first { line.append(first) }
            outline.appendStroke(of: line, width: width)
        }
        return outline
    }

    private mutating func appendStroke(of line: ArraySlice<Point>, width: (Double) -> Double) {
        var previous: (point: Point, radius: Double)?
        for (i, p) in line.enumerated() {
            let radius = width(line.count > 1 ? Double(i) / Double(line.count - 1) : 0) / 2
            defer { previous = (p, radius) }
            guard radius > 0 else { continue }
            starts.append(points.count)
            for q in Path.circle12 { points.append(Point(p.x + radius * q.x, p.y + radius * q.y)) }
            guard let (q, before) = previous else { continue }
            let step = p - q
            guard step.length > 1e-9 else { continue }
            let side = Point(-step.y, step.x) * (1 / step.length)
            starts.append(points.count)
            points.append(q - side * max(0, before))
            points.append(p - side * radius)
            points.append(p + side * radius)
            points.append(q + side * max(0, before))
        }
    }

    public func stroked(width: Double, closed: Bool = false) -> Path {
        stroked(closed: closed) { _ in width }
    }
}
