import Imaging

/// What all hair styles share.
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

    /// How far hair stands off the head, in face units.
    var hairLift: Double {
        scene.accessory == .hat || scene.accessory == .beanie ? 0.02 : 0.06 + 0.10 * identity.hairVolume
    }

    /// Half the face's width.
    var w: Double { identity.faceWidth }

    func hairPaint(_ color: Color) -> Paint {
        lit(color, halfWidth: w * 1.2, top: -1.25, bottom: 0.5, contrast: 1.25)
    }

    func smoothPoints(_ points: [Point]) -> [Point] { Path.smooth(points).subpaths.first ?? [] }

    /// Fine lines from a root to places along a line, over a place along `through` if given. Pixels.
    mutating func addStrands(
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
        guard fine > 0 else { return }
        for i in 0..<count {
            let t = min(1, max(0, (Double(i) + random.uniform(0...1)) / Double(count)))
            let end = along(ends, t)
            let start = root + (end - root) * random.uniform(0...0.5)
            let bend = Point(end.y - start.y, start.x - end.x) * random.uniform(-0.08...0.08)
            let middle = through.map { along($0, t) } ?? (start + end) * 0.5 + bend
            let pen = geometry.unit * random.uniform(0.008...0.016)
            let color = i % 2 == 0 ? tint.lightened(0.34) : tint.shaded(0.55)
            add(
                Path.smooth([start, middle, end], pieces: 5).stroked { u in pen * (0.3 + 2.6 * u * (1 - u)) },
                .color(color.opacity(0.5 * Float(fine))),
                .hair,
                .shading,
                clip: clip
            )
        }
    }

    mutating func addShine(clip: Path) {
        let d = scene.light.direction
        let color = identity.hairTint.lightened(0.5).opacity(0.45)
        addGlow(at: geometry.outline(Point(d * w * 0.42, -0.9)), 0.36, 0.12, angle: d * 0.45, color, .hair, clip: clip)
        guard fine > 0 else { return }
        // A band of light over the crown, and the depth of hair that lies in its own shade.
        for (x, tilt) in [(-0.5, -0.5), (0.0, 0.0), (0.5, 0.5)] {
            let strength: Float = x * d > 0 ? 0.5 : x * d < 0 ? 0.18 : 0.34
            addGlow(
                at: geometry.outline(Point(x * w, -0.88 + 0.16 * x * x * 4)),
                0.24,
                0.05,
                angle: tilt,
                identity.hairTint.lightened(0.6).opacity(strength * Float(fine)),
                .hair,
                clip: clip
            )
        }
        for side in [-1.0, 1.0] {
            addGlow(
                at: geometry.outline(Point(side * w * 1.0, 0.1)),
                0.24,
                0.75,
                identity.hairTint.shaded(0.7).opacity((side == d ? 0.2 : 0.45) * Float(fine)),
                .hair,
                clip: clip
            )
        }
    }

    /// What hair overshadows: the forehead and the temples.
    mutating func paintHairShadow() {
        guard fine > 0 else { return }
        /// Where hair ends in the middle of the forehead.
        let low: Double
        switch wornHair {
        case .bald, .buzz, .mohawk, .quiff: return
        case .fringe: low = -0.38
        case .curly: low = -0.56
        case .sidePart: low = -0.62
        case .afro: low = -0.7
        case .bob, .long, .wavy, .bun, .pigtails: low = -0.8
        }
        let head = headOutline.mapped(geometry.outline)
        let shade = identity.skinShade(0.55)
        addGlow(
            at: geometry.front(Point(-0.1 * scene.light.direction, low)),
            w * 0.95,
            0.2,
            shade.opacity(0.5 * Float(fine)),
            .skin,
            clip: head
        )
        for side in [-1.0, 1.0] {
            let strength: Float = side == scene.light.direction ? 0.22 : 0.5
            addGlow(
                at: geometry.front(Point(side * w * 0.95, -0.1)),
                0.16,
                0.5,
                shade.opacity(strength * Float(fine)),
                .skin,
                clip: head
            )
        }
    }
}
