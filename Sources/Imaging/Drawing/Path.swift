import Foundation

/// Lines to fill or to stroke. Curves become short straight pieces as they are added, so a path can be bent by any
/// function of the plane (`mapped`). Filling closes every subpath; where subpaths overlap, the nonzero winding rule
/// holds.
public struct Path: Equatable, Sendable {
    public private(set) var subpaths: [[Point]] = []

    private static let piecesPerCurve = 16

    public init() {}

    /// One polygon, or one open line of straight pieces.
    public init(_ points: [Point]) {
        subpaths = [points]
    }

    public mutating func move(to point: Point) {
        subpaths.append([point])
    }

    public mutating func line(to point: Point) {
        if subpaths.isEmpty { subpaths.append([]) }
        subpaths[subpaths.count - 1].append(point)
    }

    /// A quadratic Bezier curve from the current point.
    public mutating func curve(to end: Point, control: Point) {
        guard let start = subpaths.last?.last else { return move(to: end) }
        for step in 1...Path.piecesPerCurve {
            let t = Double(step) / Double(Path.piecesPerCurve)
            line(to: start * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + end * (t * t))
        }
    }

    /// Adds the subpaths of `other`.
    public mutating func append(_ other: Path) {
        subpaths += other.subpaths
    }

    public func mapped(_ transform: (Point) -> Point) -> Path {
        var result = Path()
        result.subpaths = subpaths.map { $0.map(transform) }
        return result
    }

    /// The smallest rectangle around all points, or nil without any.
    public var bounds: (low: Point, high: Point)? {
        let points = subpaths.joined()
        guard let first = points.first else { return nil }
        return points.reduce((first, first)) { bounds, p in
            (
                Point(min(bounds.0.x, p.x), min(bounds.0.y, p.y)),
                Point(max(bounds.1.x, p.x), max(bounds.1.y, p.y))
            )
        }
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
        let (s, c) = (sin(angle), cos(angle))
        return Path(
            (0..<pieces).map { i in
                let t = 2 * Double.pi * Double(i) / Double(pieces)
                let (x, y) = (radiusX * cos(t), radiusY * sin(t))
                return Point(center.x + c * x - s * y, center.y + s * x + c * y)
            }
        )
    }

    /// A smooth line through all points (uniform Catmull-Rom); `closed` also joins the last to the first.
    public static func smooth(_ points: [Point], closed: Bool = false, pieces: Int = 8) -> Path {
        let n = points.count
        guard n > 2 else { return Path(points) }
        func at(_ i: Int) -> Point { closed ? points[(i + n) % n] : points[min(max(i, 0), n - 1)] }
        var line = [points[0]]
        for i in 0..<(closed ? n : n - 1) {
            let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2))
            for step in 1...pieces {
                let t = Double(step) / Double(pieces)
                let cubic = p1 * 3 - p0 - p2 * 3 + p3
                let square = p0 * 2 - p1 * 5 + p2 * 4 - p3
                let linear = p2 - p0
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
        for var points in subpaths {
            if closed, let first = points.first { points.append(first) }
            for (i, p) in points.enumerated() {
                let radius = width(points.count > 1 ? Double(i) / Double(points.count - 1) : 0) / 2
                guard radius > 0 else { continue }
                outline.append(.ellipse(center: p, radiusX: radius, radiusY: radius, pieces: 12))
                guard i > 0 else { continue }
                let q = points[i - 1]
                let step = p - q
                guard step.length > 1e-9 else { continue }
                let side = Point(-step.y, step.x) * (1 / step.length)
                let before = max(0, width(Double(i - 1) / Double(points.count - 1)) / 2)
                outline.subpaths.append([q - side * before, p - side * radius, p + side * radius, q + side * before])
            }
        }
        return outline
    }

    public func stroked(width: Double, closed: Bool = false) -> Path {
        stroked(closed: closed) { _ in width }
    }
}
