import Imaging

/// What cloth does where there are pixels to show it.
extension FacePainter {
    /// Folds: a valley in shade and the light on the ridge beside it, from shoulders and neck downwards.
    mutating func addFolds(_ color: Color, clip: Path) {
        let strength = Float(fine)
        let d = scene.light.direction == 0 ? -1.0 : scene.light.direction
        var random = sceneRandom(60)
        let lines: [[Point]] = [
            [Point(0.62, 1.5), Point(0.5, 1.9), Point(0.3, 2.3)],
            [Point(0.9, 1.62), Point(0.72, 2.0), Point(0.62, 2.6)],
            [Point(1.18, 1.7), Point(1.1, 2.05), Point(1.16, 2.6)],
            [Point(0.36, 1.72), Point(0.24, 2.1), Point(0.1, 2.5)],
        ]
        for side in [-1.0, 1.0] {
            for line in lines {
                let shift = Point(random.uniform(-0.07...0.07), random.uniform(-0.06...0.06))
                let points = line.map { Point(side * $0.x, $0.y) + shift }
                for (offset, paint) in [
                    (0.0, color.shaded(0.55).opacity(0.34 * strength)),
                    (d * 0.055, color.lightened(0.4).opacity(0.24 * strength)),
                ] {
                    let fold = Path.smooth(points.map { geometry.body($0 + Point(offset, 0)) })
                    add(
                        fold.stroked { t in geometry.unit * 0.075 * (0.15 + 2.2 * t * (1.1 - t)) },
                        .color(paint),
                        .clothing,
                        .shading,
                        clip: clip
                    )
                }
            }
            addSeam(side, color, clip: clip)
        }
        addGlow(
            at: geometry.body(Point(-d * 1.2, 2.1)),
            0.5,
            0.9,
            color.shaded(0.6).opacity(0.45 * strength),
            .clothing,
            clip: clip
        )
        addGlow(
            at: geometry.body(Point(d * 0.85, 1.62)),
            0.4,
            0.16,
            angle: d * 0.5,
            color.lightened(0.5).opacity(0.35 * strength),
            .clothing,
            clip: clip
        )
    }

    /// Where a sleeve is sewn on.
    private mutating func addSeam(_ side: Double, _ color: Color, clip: Path) {
        guard scene.clothing != .turtleneck else { return }
        let seam = Path.smooth(
            [Point(side * 1.1, 1.6), Point(side * 1.0, 1.9), Point(side * 1.03, 2.6)].map(geometry.body)
        )
        add(
            seam.stroked(width: 0.018 * geometry.unit),
            .color(color.shaded(0.5).opacity(0.6 * Float(fine))),
            .clothing,
            .shading,
            clip: clip
        )
    }
}
