import Elementary
import Imaging

/// From face units to pixels. In face units the origin is between the eyes, y points down, the crown is at -1 and the
/// chin near 1; a head is an ellipsoid, so turning it moves what is near the middle more than its outline.
struct FaceGeometry {
    let size: Double
    /// Pixels per face unit.
    let unit: Double
    private let origin: Point
    private let halfWidth: Double
    private let yaw: (sin: Double, cos: Double)
    private let tilt: (sin: Double, cos: Double)

    init(_ identity: FaceIdentity, _ scene: FaceScene, size: Int) {
        self.size = Double(size)
        unit = 0.28 * scene.scale * Double(size)
        let eyeLine = 0.47 + (0.38 - 0.47) * scene.scale
        origin = Point((0.5 + scene.offsetX) * self.size, (eyeLine + scene.offsetY) * self.size)
        halfWidth = identity.faceWidth
        yaw = (Double.sin(scene.yaw), Double.cos(scene.yaw))
        tilt = (Double.sin(scene.tilt), Double.cos(scene.tilt))
    }

    /// A point on the front of the head.
    func front(_ p: Point) -> Point { head(p, depth: surfaceDepth(p)) }

    /// A point of the head's outline, which turning hardly moves.
    func outline(_ p: Point) -> Point { head(p, depth: 0) }

    /// A point behind the head: hair, ears.
    func behind(_ p: Point) -> Point { head(p, depth: -0.25) }

    /// A point in front of the face: the tip of the nose, glasses.
    func raised(_ p: Point, by height: Double) -> Point { head(p, depth: surfaceDepth(p) + height) }

    /// A point of the body, which neither turns nor leans.
    func body(_ p: Point) -> Point { Point(origin.x + p.x * unit, origin.y + p.y * unit) }

    /// A point of the picture, (0, 0)...(1, 1).
    func picture(_ p: Point) -> Point { p * size }

    private func surfaceDepth(_ p: Point) -> Double {
        let (x, y) = (p.x / (halfWidth * 1.03), p.y / 1.08)
        return 0.5 * max(0, 1 - x * x - y * y).squareRoot()
    }

    private func head(_ p: Point, depth: Double) -> Point {
        let turned = Point(p.x * (1 - (1 - yaw.cos) * 0.6) + depth * yaw.sin, p.y)
        // Lean around the top of the neck.
        let pivot = Point(0, 0.95)
        let d = turned - pivot
        let leaned = Point(d.x * tilt.cos - d.y * tilt.sin, d.x * tilt.sin + d.y * tilt.cos) + pivot
        return body(leaned)
    }
}
