import Foundation

extension FacePainter {
    /// How the hair is worn in this scene: hats press it flat.
    var wornHair: HairStyle {
        guard scene.accessory == .hat || scene.accessory == .beanie else { return identity.hairStyle }
        return switch identity.hairStyle {
        case .quiff: .sidePart
        case .mohawk, .bun: .buzz
        case .afro: .curly
        default: identity.hairStyle
        }
    }

    private var volume: Double {
        scene.accessory == .hat || scene.accessory == .beanie ? 0.02 : 0.06 + 0.10 * identity.hairVolume
    }

    private var w: Double { identity.faceWidth }

    private func hairPaint(_ color: Color) -> Paint {
        lit(color, halfWidth: w * 1.2, top: -1.25, bottom: 0.5, contrast: 1.25)
    }

    // MARK: - Behind the head

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
                radiusY: 0.80 + volume,
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
        var right: [Point] = [Point(w * 0.6, -1.02 - volume), Point(w * width * 0.97, -0.6)]
        let steps = 7
        for i in 0...steps {
            let t = Double(i) / Double(steps)
            let x = w * width * (1 + (taper - 1) * t) + wave * (i % 2 == 0 ? 1 : -1)
            right.append(Point(x, -0.25 + (bottom + 0.25) * t))
        }
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        let path = Path.smooth([Point(0, -1.08 - volume)] + right + [Point(0, bottom + 0.04)] + left, closed: true)
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
            let r = 1 - depth + depth * 2 * abs(sin(angle * Double(bumps) / 2))
            edge.append(place(center + Point(radiusX * r * cos(angle), radiusY * r * sin(angle))))
        }
        let path = Path(edge)
        add(path, hairPaint(color.lightened(0.03)), .hair, .form)
        var random = identityRandom(25)
        for i in 0..<70 {
            let (angle, distance) = (random.uniform(0...6.283), random.uniform(0.25...0.95).squareRoot())
            let p = center + Point(radiusX * distance * cos(angle), radiusY * distance * sin(angle))
            let r = random.uniform(0.05...0.1)
            let turn = random.uniform(0...6.283)
            let arc = Path.smooth(
                stride(from: 0.0, through: 3.6, by: 0.6).map {
                    place(p + Point(r * cos($0 + turn), r * sin($0 + turn)))
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

    // MARK: - In front

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
                lift: volume + 0.03,
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

    /// Hair between the crown and a hairline. The hairline runs from right to left, with x relative to the face's width.
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
                Point(parting - side * 0.02, -1.06 - volume), Point(side * w * 0.55, -1.0 - volume * 0.9),
                Point(side * w * 0.96, -0.68 - volume * 0.4), Point(side * w * 1.07, -0.28),
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
                outside.append(Point(side * (w * (1.07 + (outer - 1.07) * t) + sway), y))
                inside.append(Point(side * (w * (0.92 + (inner - 0.92) * t) + sway), y))
            }
            if end <= 0 { outside.append(Point(side * w * outer, end)) }
            let tip = Point(side * w * (outer + inner) / 2, end + (end > 0 ? 0.1 : 0.05))
            let path = Path(
                smoothPoints((outside + [tip]).map(geometry.outline))
                    + smoothPoints(([tip] + inside.reversed()).map(geometry.front))
            )
            add(path, hairPaint(identity.hairTint), .hair, .form)
            let root = geometry.front(Point(parting, -0.98 - volume * 0.5))
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
            points.append(Point(-0.30 + 0.60 * t, -1.0 - tall * (0.75 + 0.5 * sin(.pi * t))))
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
        var points = crown(lift: volume + 0.02, sideBottom: -0.02).map(geometry.outline)
        let line = [
            (0.98, -0.02), (0.86, -0.34), (0.62, -0.5), (0.3, -0.56), (0, -0.52), (-0.3, -0.5), (-0.62, -0.48),
            (-0.86, -0.32), (-0.98, -0.02),
        ]
        for (i, pair) in zip(line, line.dropFirst()).enumerated() {
            // Each piece hangs down in a curl of its own.
            let ((x0, y0), (x1, y1)) = pair
            for step in 0...5 {
                let t = Double(step) / 5
                let sag = (0.09 + 0.03 * Double((i * 7) % 3)) * sin(.pi * t)
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
                    geometry.front(center + Point(p * r * cos($0 + turn), r * sin($0 + turn)))
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

    // MARK: - Strands and shine

    private func smoothPoints(_ points: [Point]) -> [Point] { Path.smooth(points).subpaths.first ?? [] }

    /// Fine lines from a root to places along a line, over a place along `through` if given. Pixels.
    private mutating func addStrands(
        from root: Point,
        through: [Point]? = nil,
        to ends: [Point],
        count: Int,
        clip: Path,
        purpose: UInt64
    ) {
        var random = identityRandom(purpose)
        func along(_ line: [Point], _ t: Double) -> Point {
            let position = t * Double(line.count - 1)
            let i = min(Int(position), line.count - 2)
            return line[i] + (line[i + 1] - line[i]) * (position - Double(i))
        }
        let tint = identity.hairTint
        for i in 0..<count * 3 / 2 {
            let t = min(1, max(0, (Double(i) + random.uniform(0...1)) / Double(count * 3 / 2)))
            let end = along(ends, t)
            let start = root + (end - root) * random.uniform(0...0.25)
            let bend = Point(end.y - start.y, start.x - end.x) * random.uniform(-0.10...0.10)
            let middle = through.map { along($0, t) } ?? (start + end) * 0.5 + bend
            let pen = geometry.unit * random.uniform(0.007...0.019)
            let color = random.chance(0.45) ? tint.lightened(0.28).opacity(0.36) : tint.shaded(0.45).opacity(0.36)
            add(
                Path.smooth([start, middle, end]).stroked { u in pen * (0.4 + 2.4 * u * (1 - u)) },
                .color(color),
                .hair,
                i % 7 == 3 ? .line : .shading,
                clip: clip
            )
        }
    }

    private mutating func addShine(clip: Path) {
        let d = scene.light.direction
        let color = identity.hairTint.lightened(0.5).opacity(0.45)
        addGlow(at: geometry.outline(Point(d * w * 0.42, -0.9)), 0.36, 0.12, angle: d * 0.45, color, .hair, clip: clip)
    }
}
