import Imaging

extension FacePainter {
    /// What years leave in a face: lines on the forehead, beside the eyes and beside the mouth, and shade under the eyes.
    mutating func paintAge() {
        let years = identity.elderly * fine
        guard years > 0 else { return }
        let shade = identity.skinShade(0.55).opacity(Float(0.55 * years))
        let head = headOutline.mapped(geometry.outline)
        func addLine(_ points: [Point], _ width: Double, _ role: FaceShape.Role = .shading) {
            let line = Path.smooth(points.map(geometry.front), pieces: 6)
            add(
                line.stroked { t in geometry.unit * width * (0.25 + 3 * t * (1 - t)) },
                .color(shade),
                .skin,
                role,
                clip: head
            )
        }
        let w = identity.faceWidth
        for (i, y) in [-0.5, -0.42, -0.34].enumerated() {
            let half = w * (0.5 - 0.06 * Double(i))
            addLine(
                [Point(-half, y + 0.02), Point(-half * 0.3, y - 0.015), Point(half * 0.4, y), Point(half, y + 0.03)],
                0.02
            )
        }
        let (low, corner) = (mouthHeight, identity.mouthWidth * mood.stretch)
        for side in [-1.0, 1.0] {
            addLine(
                [
                    Point(side * (identity.noseWidth + 0.04), identity.noseLength),
                    Point(side * (corner * 0.7 + identity.noseWidth * 0.5 + 0.06), (identity.noseLength + low) / 2),
                    Point(side * (corner + 0.06), low + 0.02),
                ],
                0.026,
                .line
            )
            let outer = identity.eyeSpacing + identity.eyeSize
            for (rise, drop) in [(-0.03, -0.09), (0.01, 0.01), (0.04, 0.1)] {
                addLine(
                    [
                        Point(side * (outer + 0.03), rise), Point(side * (outer + 0.08), (rise + drop) / 2 + 0.01),
                        Point(side * (outer + 0.13), drop),
                    ],
                    0.013
                )
            }
            let bag = identity.eyeSize * identity.eyeRoundness * 0.9 + 0.06
            addLine(
                [
                    Point(side * (identity.eyeSpacing - identity.eyeSize * 0.8), bag - 0.02),
                    Point(side * identity.eyeSpacing, bag + 0.04),
                    Point(side * (identity.eyeSpacing + identity.eyeSize * 0.8), bag - 0.02),
                ],
                0.018
            )
            addGlow(
                at: geometry.front(Point(side * w * 0.62, 0.62)),
                0.15,
                0.2,
                identity.skinShade(0.45).opacity(Float(0.4 * years)),
                .skin,
                clip: head
            )
        }
    }
}
