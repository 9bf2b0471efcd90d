import Elementary
import Imaging

/// Hair behind the head.
extension FacePainter {
    mutating func paintBackHair() {
        let color = identity.hairTint.shaded(0.32)
        let full = identity.hairVolume
        switch wornHair {
        case .bob: addBackHair(width: 1.2 + 0.12 * full, bottom: 0.78 + 0.15 * full, taper: 0.98, wave: 0, color)
        case .fringe: addBackHair(width: 1.16 + 0.1 * full, bottom: 1.2 + 0.3 * full, taper: 1.02, wave: 0, color)
        case .long: addBackHair(width: 1.18 + 0.12 * full, bottom: 1.65 + 0.25 * full, taper: 1.12, wave: 0, color)
        case .wavy: addBackHair(width: 1.26 + 0.2 * full, bottom: 1.5 + 0.25 * full, taper: 1.22, wave: 0.055, color)
        case .afro:
            let radius = w * (1.36 + 0.22 * full)
            addCurls(
                center: Point(0, -0.34),
                radiusX: radius,
                radiusY: radius * 0.98,
                bumps: 22,
                depth: 0.07,
                color,
                behind: true
            )
        case .curly:
            let radius = w * (1.12 + 0.14 * full)
            addCurls(
                center: Point(0, -0.34),
                radiusX: radius,
                radiusY: 0.80 + hairLift,
                bumps: 19,
                depth: 0.09,
                color,
                behind: true
            )
        case .bun:
            let radius = 0.22 + 0.08 * full
            let center = geometry.behind(Point(0, -1.1 - radius * 0.4))
            let path = Path.ellipse(
                center: center,
                radiusX: radius * 1.1 * geometry.unit,
                radiusY: radius * geometry.unit
            )
            add(path, hairPaint(identity.hairTint), .hair, .form)
            for i in 0..<4 {
                let r = radius * (0.85 - 0.2 * Double(i)) * geometry.unit
                let arc = Path.smooth([
                    center + Point(-r, r * 0.3), center + Point(-r * 0.3, -r * 0.75), center + Point(r * 0.8, -r * 0.4),
                ])
                add(
                    arc.stroked(width: 0.016 * geometry.unit),
                    .color(identity.hairTint.shaded(0.45).opacity(0.6)),
                    .hair,
                    .line,
                    clip: path
                )
            }
        case .pigtails:
            for side in [-1.0, 1.0] {
                let path = Path.smooth(
                    [
                        Point(w * 1.02, -0.2), Point(w * 1.5, -0.12), Point(w * (1.75 + 0.15 * full), 0.4),
                        Point(w * 1.55, 0.98 + 0.2 * full),
                        Point(w * 1.42, 1.1 + 0.2 * full), Point(w * 1.3, 0.7), Point(w * 1.1, 0.25),
                    ].map { Point(side * $0.x, $0.y) },
                    closed: true
                ).mapped(geometry.behind)
                add(path, hairPaint(identity.hairTint), .hair, .form)
                addStrands(
                    from: geometry.behind(Point(side * w * 1.05, -0.1)),
                    to: [Point(w * 1.75, 0.5), Point(w * 1.5, 1.15), Point(w * 1.2, 0.5)].map {
                        geometry.behind(Point(side * $0.x, $0.y))
                    },
                    count: 18,
                    clip: path,
                    purpose: side < 0 ? 30 : 31
                )
                let tie = geometry.behind(Point(side * w * 1.1, -0.12))
                add(
                    .ellipse(
                        center: tie,
                        radiusX: 0.07 * geometry.unit,
                        radiusY: 0.11 * geometry.unit,
                        angle: side * 0.4
                    ),
                    .color(scene.clothingColor.color),
                    .hair,
                    .form
                )
            }
        case .bald, .buzz, .sidePart, .quiff, .mohawk: break
        }
    }

    /// A curtain from the crown down to `bottom`; widths are relative to the face.
    private mutating func addBackHair(width: Double, bottom: Double, taper: Double, wave: Double, _ color: Color) {
        var right: [Point] = [Point(w * 0.6, -1.02 - hairLift), Point(w * width * 0.97, -0.6)]
        let steps = 7
        for i in 0...steps {
            let t = Double(i) / Double(steps)
            let x = w * width * (1 + (taper - 1) * t) + wave * (i % 2 == 0 ? 1 : -1)
            right.append(Point(x, -0.25 + (bottom + 0.25) * t))
        }
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        let path = Path.smooth([Point(0, -1.08 - hairLift)] + right + [Point(0, bottom + 0.04)] + left, closed: true)
            .mapped(geometry.behind)
        add(
            path,
            .linear(from: geometry.body(Point(0, -1)), to: geometry.body(Point(0, bottom)), color, color.shaded(0.3)),
            .hair,
            .form
        )
        let half = w * width * 1.1
        let ends = [Point(-half, bottom), Point(half, bottom)].map(geometry.behind)
        addStrands(from: geometry.behind(Point(0, -1)), to: ends, count: 24, clip: path, purpose: 20)
    }

    /// A cloud with a scalloped edge and little arcs inside.
    private mutating func addCurls(
        center: Point,
        radiusX: Double,
        radiusY: Double,
        bumps: Int,
        depth: Double,
        _ color: Color,
        behind: Bool
    ) {
        func place(_ p: Point) -> Point { behind ? geometry.behind(p) : geometry.outline(p) }
        var edge: [Point] = []
        for i in 0..<bumps * 10 {
            let angle = 2 * Double.pi * Double(i) / Double(bumps * 10)
            let r = 1 - depth + depth * 2 * abs(Double.sin(angle * Double(bumps) / 2))
            edge.append(place(center + Point(radiusX * r * Double.cos(angle), radiusY * r * Double.sin(angle))))
        }
        let path = Path(edge)
        add(path, hairPaint(color.lightened(0.03)), .hair, .form)
        var random = identityRandom(25)
        for i in 0..<70 {
            let (angle, distance) = (random.uniform(0...6.283), random.uniform(0.25...0.95).squareRoot())
            let p = center + Point(radiusX * distance * Double.cos(angle), radiusY * distance * Double.sin(angle))
            let r = random.uniform(0.05...0.1)
            let turn = random.uniform(0...6.283)
            let arc = Path.smooth(
                stride(from: 0.0, through: 3.6, by: 0.6).map {
                    place(p + Point(r * Double.cos($0 + turn), r * Double.sin($0 + turn)))
                },
                pieces: 3
            )
            let shade = random.chance(0.5) ? identity.hairTint.lightened(0.2) : identity.hairTint.shaded(0.5)
            add(
                arc.stroked(width: 0.02 * geometry.unit),
                .color(shade.opacity(0.5)),
                .hair,
                i % 5 == 0 ? .line : .shading,
                clip: path
            )
        }
    }
}
