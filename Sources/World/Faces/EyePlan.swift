import Elementary
import Imaging

/// Where the parts of one eye lie: (-1, 0) is the inner corner and (1, 0) the outer; y = -1 is the upper lid.
struct EyePlan {
    let side: Double
    /// Half the width, in face units.
    let half: Double
    /// What y is counted in, in face units.
    let open: Double
    private let identity: FaceIdentity
    private let geometry: FaceGeometry
    private let tilt: (sin: Double, cos: Double)

    init(_ identity: FaceIdentity, _ geometry: FaceGeometry, side: Double, lids: Double) {
        self.side = side
        half = identity.eyeSize
        open = half * identity.eyeRoundness * 1.15 * lids
        (self.identity, self.geometry) = (identity, geometry)
        tilt = (Double.sin(identity.eyeTilt), Double.cos(identity.eyeTilt))
    }

    /// In pixels.
    func callAsFunction(_ x: Double, _ y: Double) -> Point {
        let (u, v) = (x * half, y * open)
        let across = identity.eyeSpacing + tilt.cos * u + tilt.sin * v
        return geometry.front(Point(side * across, tilt.cos * v - tilt.sin * u))
    }

    func callAsFunction(_ points: [(Double, Double)]) -> [Point] { points.map { self($0.0, $0.1) } }
}
