import Elementary

/// A map of the plane: (x, y) goes to (a x + b y + tx, c x + d y + ty). The rows are those of OpenCV's 2x3 matrix.
public struct AffineTransform: Equatable, Sendable {
    public var a, b, tx: Double
    public var c, d, ty: Double

    public init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
        (self.a, self.b, self.tx) = (a, b, tx)
        (self.c, self.d, self.ty) = (c, d, ty)
    }

    public static let identity = AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0)

    public static func translation(_ x: Double, _ y: Double) -> AffineTransform {
        AffineTransform(a: 1, b: 0, tx: x, c: 0, d: 1, ty: y)
    }

    public static func scale(_ factor: Double) -> AffineTransform {
        AffineTransform(a: factor, b: 0, tx: 0, c: 0, d: factor, ty: 0)
    }

    /// Clockwise on the screen (y points down), by `angle` radians.
    public static func rotation(_ angle: Double) -> AffineTransform {
        let (s, c) = (Double.sin(angle), Double.cos(angle))
        return AffineTransform(a: c, b: -s, tx: 0, c: s, d: c, ty: 0)
    }

    /// First this map, then `next`.
    public func then(_ next: AffineTransform) -> AffineTransform {
        AffineTransform(
            a: next.a * a + next.b * c,
            b: next.a * b + next.b * d,
            tx: next.a * tx + next.b * ty + next.tx,
            c: next.c * a + next.d * c,
            d: next.c * b + next.d * d,
            ty: next.c * tx + next.d * ty + next.ty
        )
    }

    public func callAsFunction(_ p: Point) -> Point {
        Point(a * p.x + b * p.y + tx, c * p.x + d * p.y + ty)
    }

    /// The map back, or nil if this one squeezes the plane onto a line.
    public var inverse: AffineTransform? {
        let determinant = a * d - b * c
        guard determinant != 0, determinant.isFinite else { return nil }
        let (ia, ib, ic, id) = (d / determinant, -b / determinant, -c / determinant, a / determinant)
        return AffineTransform(a: ia, b: ib, tx: -(ia * tx + ib * ty), c: ic, d: id, ty: -(ic * tx + id * ty))
    }
}
