import Imaging

extension FacePainter {
    mutating func paintClothing() {
        let color = scene.clothingColor.color
        let body = bodyOutline(neck: scene.clothing == .turtleneck ? 0.40 : 0.56)
        add(body, lit(color, halfWidth: 1.5, top: 1.3, bottom: 2.6, contrast: 1.1), .clothing, .form)
        // The head's shadow, and folds from the shoulders.
        addGlow(at: geometry.body(Point(0, 1.42)), 0.75, 0.3, color.shaded(0.6).opacity(0.5), .clothing, clip: body)
        for side in [-1.0, 1.0] {
            let fold = Path.smooth(
                [Point(side * 0.85, 1.72), Point(side * 0.93, 2.1), Point(side * 0.86, 2.6)].map(geometry.body)
            )
            add(
                fold.stroked { t in geometry.unit * 0.04 * (0.3 + t) },
                .color(color.shaded(0.4).opacity(0.5)),
                .clothing,
                .line,
                clip: body
            )
        }
        if fine > 0 { addFolds(color, clip: body) }
        switch scene.clothing {
        case .tShirt: addNeckline(color)
        case .shirt: addCollar(color)
        case .hoodie: addHood(color)
        case .turtleneck: addRollNeck(color)
        }
    }

    private func bodyOutline(neck: Double) -> Path {
        let narrow = 1 - 0.14 * identity.childlike
        let right = [
            Point(neck, 1.33), Point(0.84 * narrow, 1.47), Point(1.22 * narrow, 1.66), Point(1.42 * narrow, 2.05),
            Point(1.52 * narrow, 2.6), Point(1.56 * narrow, 4.5),
        ]
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        let neckline = [Point(-neck * 0.7, 1.52), Point(0, 1.66), Point(neck * 0.7, 1.52)]
        let points = (Path.smooth(right).subpaths.first ?? []) + (Path.smooth(left).subpaths.first ?? [])
        return Path(points + (Path.smooth(neckline).subpaths.first ?? [])).mapped(geometry.body)
    }

    private mutating func addNeckline(_ color: Color) {
        func edge(_ drop: Double, _ widen: Double) -> [Point] {
            let right = [Point(0.36 + widen, 1.54 + drop), Point(0.56 + widen, 1.32 + drop * 0.5)]
            let left = right.reversed().map { Point(-$0.x, $0.y) }
            return smoothPoints((left + [Point(0, 1.65 + drop)] + right).map(geometry.body))
        }
        let rim = Path(edge(0, 0) + edge(0.09, 0.05).reversed())
        add(rim, .color(color.shaded(0.16)), .clothing, .form)
    }

    private mutating func addCollar(_ color: Color) {
        let white = color.lightened(0.22)
        for side in [-1.0, 1.0] {
            let wing = Path([
                Point(side * 0.40, 1.22), Point(side * 0.62, 1.38), Point(side * 0.44, 1.86), Point(side * 0.02, 1.70),
                Point(side * 0.24, 1.52),
            ]).mapped(geometry.body)
            add(wing, lit(white, halfWidth: 0.8, top: 1.2, bottom: 1.9), .clothing, .form)
        }
        let placket = Path([Point(0, 1.72), Point(0.01, 2.3), Point(0.0, 4)]).mapped(geometry.body)
        add(placket.stroked(width: 0.018 * geometry.unit), .color(color.shaded(0.45)), .clothing, .line)
        for y in [1.98, 2.32] {
            let center = geometry.body(Point(0.075, y))
            add(
                .ellipse(center: center, radiusX: 0.032 * geometry.unit, radiusY: 0.032 * geometry.unit, pieces: 16),
                .color(white.lightened(0.4)),
                .clothing,
                .detail
            )
        }
    }

    private mutating func addHood(_ color: Color) {
        for side in [-1.0, 1.0] {
            let half = Path.smooth(
                [
                    Point(side * 0.02, 1.82), Point(side * 0.34, 1.62), Point(side * 0.52, 1.18),
                    Point(side * 0.68, 1.14), Point(side * 0.84, 1.44),
                    Point(side * 0.62, 1.74), Point(side * 0.2, 1.94),
                ],
                closed: true
            ).mapped(geometry.body)
            add(half, lit(color.lightened(0.1), halfWidth: 0.9, top: 1.2, bottom: 1.9), .clothing, .form)
            let cord = Path.smooth(
                [Point(side * 0.15, 1.80), Point(side * 0.17, 2.0), Point(side * 0.14, 2.24)].map(geometry.body)
            )
            add(cord.stroked(width: 0.035 * geometry.unit), .color(color.lightened(0.65)), .clothing, .line)
        }
    }

    private mutating func addRollNeck(_ color: Color) {
        let roll = Path.smooth(
            [
                Point(-0.44, 1.10), Point(0, 1.24), Point(0.44, 1.10), Point(0.54, 1.34), Point(0.48, 1.50),
                Point(0, 1.62), Point(-0.48, 1.50),
                Point(-0.54, 1.34),
            ],
            closed: true
        ).mapped(geometry.body)
        add(roll, lit(color.lightened(0.08), halfWidth: 0.6, top: 1.1, bottom: 1.6), .clothing, .form)
        for i in -4...4 {
            let x = Double(i) * 0.105
            let rib = Path([Point(x, 1.08), Point(x * 1.08, 1.36), Point(x * 1.04, 1.62)].map(geometry.body))
            add(
                rib.stroked(width: 0.014 * geometry.unit),
                .color(color.shaded(0.35).opacity(0.5)),
                .clothing,
                .shading,
                clip: roll
            )
        }
    }
}
