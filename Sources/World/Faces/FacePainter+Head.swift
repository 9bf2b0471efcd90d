import Imaging

extension FacePainter {
    /// The outline of skull and jaw, in face units.
    var headOutline: Path {
        let w = identity.faceWidth
        func between(_ low: Double, _ high: Double, _ t: Double) -> Double { low + (high - low) * t }
        let chin = 1 + identity.chin
        let right = [
            Point(0.54 * w, -0.95), Point(0.88 * w, -0.66), Point(1.0 * w, -0.24), Point(1.0 * w, 0.14),
            Point(between(0.91, 0.98, identity.cheeks) * w, 0.44),
            Point(between(0.70, 0.90, identity.jaw) * w, 0.73),
            Point(between(0.30, 0.52, identity.jaw) * w, chin - 0.06),
        ]
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        return .smooth([Point(0, -1.02)] + right + [Point(0, chin)] + left, closed: true)
    }

    mutating func paintNeck() {
        let grown = 1 - 0.2 * identity.childlike
        let w = (0.36 + 0.13 * identity.jaw + (identity.faceWidth - 0.72) * 0.6) * grown
        let path = Path.smooth(
            [
                Point(-w, 0.55), Point(-w * 0.98, 1.0), Point(-w * 1.1, 1.3), Point(-w * 1.35, 1.48), Point(0, 1.9),
                Point(w * 1.35, 1.48), Point(w * 1.1, 1.3), Point(w * 0.98, 1.0), Point(w, 0.55),
            ],
            closed: true
        ).mapped(geometry.body)
        add(path, lit(identity.skinShade(0.14), halfWidth: w, top: 0.8, bottom: 1.5, contrast: 0.8), .neck, .form)
        // The shadow of the chin, and the tendons' hollow.
        addGlow(
            at: geometry.body(Point(0, 0.98)),
            w * 1.5,
            0.46,
            identity.skinShade(0.6).opacity(0.75),
            .neck,
            clip: path
        )
        addGlow(at: geometry.body(Point(0, 1.56)), 0.12, 0.16, identity.skinShade(0.5).opacity(0.3), .neck, clip: path)
    }

    mutating func paintEars() {
        switch wornHair {
        case .bob, .fringe, .long, .wavy: return  // covered
        default: break
        }
        let skin = identity.skinColor
        let w = identity.faceWidth
        for side in [-1.0, 1.0] {
            let s = identity.earSize
            func place(_ x: Double, _ y: Double) -> Point {
                geometry.behind(Point(side * (w * 0.985 + x * s), 0.12 + y * s))
            }
            let path = Path.smooth(
                [
                    place(-0.06, -0.15), place(0.045, -0.21), place(0.115, -0.11), place(0.09, 0.06), place(0.04, 0.20),
                    place(-0.06, 0.18),
                ],
                closed: true
            )
            add(
                path,
                lit(skin.mixed(with: Color(hex: 0xC86050), 0.1), halfWidth: w, top: -0.2, bottom: 0.3),
                .ear,
                .form
            )
            let fold = Path.smooth([place(0.0, -0.12), place(0.065, -0.10), place(0.055, 0.03), place(0.015, 0.11)])
            add(
                fold.stroked { t in geometry.unit * 0.03 * (1 - 0.6 * t) },
                .color(identity.skinShade(0.4).opacity(0.7)),
                .ear,
                .line
            )
        }
    }

    mutating func paintHead() {
        let skin = identity.skinColor
        let w = identity.faceWidth
        let d = scene.light.direction
        let head = headOutline.mapped(geometry.outline)
        add(head, lit(skin, halfWidth: w * 1.1, top: -0.5, bottom: 0.7), .skin, .form)

        // Shade: the far side, below the brow, under the cheekbones, around the jaw.
        let shade = identity.skinShade(0.42)
        let farSide = d == 0 ? 1.0 : -d
        addGlow(
            at: geometry.outline(Point(farSide * w * 1.02, 0.25)),
            0.34,
            0.95,
            shade.opacity(0.5),
            .skin,
            clip: head
        )
        addGlow(
            at: geometry.outline(Point(-farSide * w * 1.08, 0.3)),
            0.22,
            0.8,
            shade.opacity(0.35),
            .skin,
            clip: head
        )
        let hollow = Float(1 - identity.cheeks)
        for side in [-1.0, 1.0] {
            addGlow(
                at: geometry.front(Point(side * w * 0.76, 0.5)),
                0.16,
                0.3,
                angle: side * 0.5,
                shade.opacity(0.10 + 0.3 * hollow),
                .skin,
                clip: head
            )
            addGlow(
                at: geometry.front(Point(side * identity.eyeSpacing, -0.02)),
                0.26,
                0.19,
                shade.opacity(0.42),
                .skin,
                clip: head
            )
        }
        addGlow(at: geometry.outline(Point(0, 1.06 + identity.chin)), 0.55, 0.16, shade.opacity(0.4), .skin, clip: head)

        // Light: forehead, cheeks, chin; and the blood in the cheeks.
        // Dark skin shines less broadly, so its light is nearer to its own colour.
        let glow = skin.lightened(0.2 + 0.45 * skin.luma + 0.3 * gleam)
        // Blood shows less through dark skin; where there are many pixels it would look like paint.
        let blood = 0.5 - 0.3 * Float(fine) * (1 - min(1, skin.luma / 0.55))
        let rosy = skin.mixed(with: Color(hex: 0xD8453F), blood)
        addGlow(
            at: geometry.front(Point(d * 0.2, -0.48)),
            0.42,
            0.26,
            glow.opacity(0.4 + 0.2 * gleam),
            .skin,
            clip: head
        )
        addGlow(
            at: geometry.front(Point(d * 0.03, 0.87 + identity.chin)),
            0.16,
            0.10,
            glow.opacity(0.3),
            .skin,
            clip: head
        )
        for side in [-1.0, 1.0] {
            let lift = mood.smile * 0.5
            addGlow(
                at: geometry.front(Point(side * w * 0.58, 0.36 - lift)),
                0.2,
                0.16,
                rosy.opacity(0.32),
                .skin,
                clip: head
            )
            addGlow(
                at: geometry.front(Point(side * w * 0.56 + d * 0.03, 0.2 - lift)),
                0.15,
                0.09,
                glow.opacity((side == d ? 0.5 : 0.25) + 0.2 * gleam),
                .skin,
                clip: head
            )
        }
        paintMarks(head)
    }

    /// How much more dark skin shines than the light that it throws back from within: its features are to be seen as well
    /// as others', where there are pixels to show it.
    var gleam: Float { Float(fine) * max(0, 1 - identity.skinColor.luma / 0.5) }

    private mutating func paintMarks(_ head: Path) {
        let skin = identity.skinColor
        let dot = skin.mixed(with: Color(hex: 0x8A4A20), 0.6).shaded(0.12)
        var random = identityRandom(1)
        let freckles = identity.freckles > 0 ? min(identity.freckles, 1) : 0
        for _ in 0..<Int(freckles * 46) {
            let p = Point(random.uniform(-0.52...0.52), random.uniform(0.16...0.46))
            let radius = random.uniform(0.009...0.019) * geometry.unit
            guard abs(p.x) < identity.faceWidth * 0.85 else { continue }
            add(
                .ellipse(center: geometry.front(p), radiusX: radius, radiusY: radius, pieces: 10),
                .color(dot.opacity(0.62)),
                .mark,
                .detail,
                clip: head
            )
        }
        let place: Point? =
            switch identity.mole {
            case .none: nil
            case .cheek: Point(identity.partingSide * 0.36, 0.42)
            case .lip: Point(identity.partingSide * 0.2, 0.53)
            case .chin: Point(-identity.partingSide * 0.15, 0.86)
            }
        if let place {
            let radius = 0.026 * geometry.unit
            add(
                .ellipse(center: geometry.front(place), radiusX: radius, radiusY: radius, pieces: 16),
                .color(identity.skinShade(0.65)),
                .mark,
                .detail,
                clip: head
            )
        }
    }
}
