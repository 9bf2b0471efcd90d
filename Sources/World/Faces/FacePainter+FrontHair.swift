import Elementary
import Imaging

/// Hair in front of the head.
extension FacePainter {
    mutating func paintFrontHair() {
        let p = identity.partingSide
        switch wornHair {
        case .bald:
            addGlow(
                at: geometry.front(Point(scene.light.direction * 0.22, -0.74)),
                0.3,
                0.13,
                Color.white.opacity(0.35),
                .skin,
                clip: headOutline.mapped(geometry.outline)
            )
        case .buzz: addStubbleCap(density: 0.86)
        case .sidePart:
            addCap(
                lift: hairLift + 0.03,
                sideBottom: 0.06,
                hairline: [
                    (0.97, 0.06), (0.89, -0.22), (0.83, -0.46), (0.60, -0.66), (0.40, -0.74), (0.05, -0.56),
                    (-0.36, -0.50),
                    (-0.70, -0.45), (-0.86, -0.26), (-0.97, 0.06),
                ],
                parting: Point(p * w * 0.45, -0.98),
                flip: p
            )
        case .quiff:
            addStubbleCap(density: 0.9)
            addQuiff()
        case .curly:
            addCurlyFront()
        case .afro:
            addCap(
                lift: 0.04,
                sideBottom: 0.02,
                hairline: [
                    (0.99, 0.0), (0.90, -0.3), (0.78, -0.52), (0.40, -0.64), (0, -0.66), (-0.40, -0.64), (-0.78, -0.52),
                    (-0.90, -0.3),
                    (-0.99, 0.0),
                ],
                parting: Point(0, -1),
                flip: 1,
                combed: false
            )
        case .bun:
            addCap(
                lift: 0.04,
                sideBottom: -0.02,
                hairline: [
                    (0.98, 0.0), (0.91, -0.3), (0.74, -0.58), (0.36, -0.74), (0, -0.77), (-0.36, -0.74), (-0.74, -0.58),
                    (-0.91, -0.3),
                    (-0.98, 0.0),
                ],
                parting: Point(0, -1.16),
                flip: 1
            )
        case .mohawk:
            addStubbleCap(density: 0.45)
            addMohawk()
        case .pigtails:
            addPanels(parting: 0.0, end: -0.05, outer: 1.05, inner: 0.96, wave: 0)
        case .bob:
            addPanels(parting: p * 0.18, end: 0.70 + 0.12 * identity.hairVolume, outer: 1.16, inner: 0.86, wave: 0)
        case .long:
            addPanels(parting: 0.02 * p, end: 1.5 + 0.2 * identity.hairVolume, outer: 1.22, inner: 0.93, wave: 0)
        case .wavy:
            addPanels(parting: p * 0.26, end: 1.34 + 0.2 * identity.hairVolume, outer: 1.3, inner: 0.92, wave: 0.05)
        case .fringe:
            addPanels(parting: 0, end: 1.0 + 0.25 * identity.hairVolume, outer: 1.15, inner: 0.9, wave: 0)
            addFringe()
        }
    }

    /// The arc from the left temple over the crown to the right temple, in face units.
    private func crown(lift: Double, sideBottom: Double) -> [Point] {
        let side = 1.03 + lift * 0.5
        let right = [
            Point(w * 0.56, -1.0 - lift * 0.9), Point(w * (0.93 + lift * 0.4), -0.68 - lift * 0.5),
            Point(w * side, -0.26),
            Point(w * side, sideBottom),
        ]
        return right.reversed().map { Point(-$0.x, $0.y) } + [Point(0, -1.07 - lift)] + right
    }

    /// Hair between the crown and a hairline. The hairline runs from right to left, with x relative to the face's
    /// width.
    private mutating func addCap(
        lift: Double,
        sideBottom: Double,
        hairline: [(Double, Double)],
        parting: Point,
        flip: Double,
        combed: Bool = true
    ) {
        var inner = hairline.map { Point($0.0 * w * flip, $0.1) }
        if flip < 0 { inner.reverse() }
        let path = Path(
            smoothPoints(crown(lift: lift, sideBottom: sideBottom).map(geometry.outline))
                + smoothPoints(inner.map(geometry.front))
        )
        add(path, hairPaint(identity.hairTint), .hair, .form)
        guard combed else { return }
        let root = geometry.front(parting)
        addStrands(from: root, to: inner.map(geometry.front), count: 46, clip: path, purpose: 21)
        addStrands(
            from: root,
            to: crown(lift: lift, sideBottom: sideBottom).map(geometry.outline),
            count: 30,
            clip: path,
            purpose: 22
        )
        addShine(clip: path)
    }

    /// Two curtains from a parting. `end` is where they end; widths are relative to the face.
    private mutating func addPanels(parting: Double, end: Double, outer: Double, inner: Double, wave: Double) {
        for side in [-1.0, 1.0] {
            var outside = [
                Point(parting - side * 0.02, -1.06 - hairLift), Point(side * w * 0.55, -1.0 - hairLift * 0.9),
                Point(side * w * 0.98, -0.70 - hairLift * 0.4), Point(side * w * 1.12, -0.28),
            ]
            var inside = [
                Point(parting - side * 0.03, -0.77), Point(side * w * 0.40 + parting * 0.5, -0.71),
                Point(side * w * 0.72 + parting * 0.2, -0.54), Point(side * w * 0.89, -0.25),
                Point(side * w * 0.93, -0.02),
            ]
            let steps = 5
            for i in 1...steps where end > 0 {
                let t = Double(i) / Double(steps)
                let y = -0.05 + (end + 0.05) * t
                let sway = wave * (i % 2 == 0 ? 1 : -1)
                outside.append(Point(side * (w * (1.12 + (outer - 1.12) * t) + sway), y))
                inside.append(Point(side * (w * (0.92 + (inner - 0.92) * t) + sway), y))
            }
            if end <= 0 { outside.append(Point(side * w * outer, end)) }
            let tip = Point(side * w * (outer + inner) / 2, end + (end > 0 ? 0.1 : 0.05))
            let path = Path(
                smoothPoints((outside + [tip]).map(geometry.outline))
                    + smoothPoints(([tip] + inside.reversed()).map(geometry.front))
            )
            add(path, hairPaint(identity.hairTint), .hair, .form)
            let root = geometry.front(Point(parting, -0.98 - hairLift * 0.5))
            addStrands(
                from: root,
                through: [
                    geometry.outline(Point(side * w * 0.98, -0.3)), geometry.front(Point(side * w * 0.7, -0.52)),
                ],
                to: [outside[outside.count - 1], tip, inside[inside.count - 1]].map(geometry.outline),
                count: 34,
                clip: path,
                purpose: side < 0 ? 23 : 24
            )
            addShine(clip: path)
        }
    }

    private mutating func addFringe() {
        let bottom = [
            Point(w * 0.93, -0.1), Point(w * 0.72, -0.29), Point(w * 0.4, -0.31), Point(0, -0.33),
            Point(-w * 0.4, -0.31),
            Point(-w * 0.72, -0.29), Point(-w * 0.93, -0.1),
        ]
        let top = [
            Point(-w * 0.98, -0.4), Point(-w * 0.6, -0.86), Point(0, -1.02), Point(w * 0.6, -0.86),
            Point(w * 0.98, -0.4),
        ]
        let path = Path(smoothPoints(top.map(geometry.front)) + smoothPoints(bottom.map(geometry.front)))
        add(path, hairPaint(identity.hairTint), .hair, .form)
        addStrands(
            from: geometry.front(Point(0, -1.3)),
            to: bottom.map(geometry.front),
            count: 44,
            clip: path,
            purpose: 26
        )
        addShine(clip: path)
    }

    private mutating func addQuiff() {
        let rise = 0.13 + 0.15 * identity.hairVolume
        let p = identity.partingSide
        let outline = [
            Point(-0.80, -0.66), Point(-0.86, -0.95), Point(-0.62, -1.06 - rise * 0.8), Point(-0.1, -1.1 - rise),
            Point(0.45, -1.05 - rise * 0.9),
            Point(0.80, -0.98), Point(0.80, -0.64), Point(0.4, -0.70), Point(-0.2, -0.66), Point(-0.6, -0.62),
        ].map { geometry.front(Point($0.x * w * p, $0.y)) }
        let path = Path.smooth(outline, closed: true)
        add(path, hairPaint(identity.hairTint), .hair, .form)
        addStrands(
            from: geometry.front(Point(-p * w * 0.6, -0.5)),
            to: [Point(-0.8, -1.0), Point(-0.1, -1.1 - rise), Point(0.8, -0.9), Point(0.8, -0.65)]
                .map { geometry.front(Point($0.x * w * p, $0.y)) },
            count: 50,
            clip: path,
            purpose: 27
        )
        addShine(clip: path)
    }

    private mutating func addMohawk() {
        let rise = 0.20 + 0.18 * identity.hairVolume
        var points: [Point] = [Point(-0.2, -0.62)]
        for i in 0...8 {
            let t = Double(i) / 8
            let tall = i % 2 == 0 ? rise * 0.8 : rise * 1.15
            points.append(Point(-0.30 + 0.60 * t, -1.0 - tall * (0.75 + 0.5 * Double.sin(.pi * t))))
        }
        points.append(Point(0.2, -0.62))
        let path = Path(points.map { geometry.front(Point($0.x, $0.y)) })
        add(path, hairPaint(identity.hairTint), .hair, .form)
        addStrands(
            from: geometry.front(Point(0, -0.45)),
            to: [Point(-0.34, -1.5), Point(0, -1.9), Point(0.34, -1.5)].map(geometry.front),
            count: 34,
            clip: path,
            purpose: 28
        )
    }

    private mutating func addCurlyFront() {
        let p = identity.partingSide
        var points = crown(lift: hairLift + 0.02, sideBottom: -0.02).map(geometry.outline)
        let line = [
            (0.98, -0.02), (0.86, -0.34), (0.62, -0.5), (0.3, -0.56), (0, -0.52), (-0.3, -0.5), (-0.62, -0.48),
            (-0.86, -0.32), (-0.98, -0.02),
        ]
        for (i, pair) in zip(line, line.dropFirst()).enumerated() {
            // Each piece hangs down in a curl of its own.
            let ((x0, y0), (x1, y1)) = pair
            for step in 0...5 {
                let t = Double(step) / 5
                let sag = (0.09 + 0.03 * Double((i * 7) % 3)) * Double.sin(.pi * t)
                points.append(geometry.front(Point((x0 + (x1 - x0) * t) * w, y0 + (y1 - y0) * t + sag)))
            }
        }
        let path = Path(points)
        add(path, hairPaint(identity.hairTint), .hair, .form)
        var random = identityRandom(29)
        for i in 0..<60 {
            let (x, y) = (random.uniform(-0.95...0.95), random.uniform(-1.1 ... -0.4))
            let r = random.uniform(0.045...0.085)
            let turn = random.uniform(0...6.283)
            let center = Point(x * w, y)
            let arc = Path.smooth(
                stride(from: 0.0, through: 3.9, by: 0.65).map {
                    geometry.front(center + Point(p * r * Double.cos($0 + turn), r * Double.sin($0 + turn)))
                },
                pieces: 3
            )
            let shade = random.chance(0.5) ? identity.hairTint.lightened(0.24) : identity.hairTint.shaded(0.5)
            add(
                arc.stroked(width: 0.02 * geometry.unit),
                .color(shade.opacity(0.55)),
                .hair,
                i % 4 == 0 ? .line : .shading,
                clip: path
            )
        }
        addShine(clip: path)
    }

    /// Hair cut so short that the skin shines through.
    private mutating func addStubbleCap(density: Float) {
        let inner = [
            (0.985, 0.04), (0.92, -0.28), (0.80, -0.52), (0.42, -0.68), (0, -0.70), (-0.42, -0.68), (-0.80, -0.52),
            (-0.92, -0.28), (-0.985, 0.04),
        ].map { geometry.front(Point($0.0 * w, $0.1)) }
        let path = Path(smoothPoints(crown(lift: 0.0, sideBottom: 0.04).map(geometry.outline)) + smoothPoints(inner))
        add(path, hairPaint(identity.skinColor.mixed(with: identity.hairTint, density)), .hair, .form)
        addShine(clip: path)
    }
}
