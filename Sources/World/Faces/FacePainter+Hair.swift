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
    }

    mutating func addShine(clip: Path) {
        let d = scene.light.direction
        let color = identity.hairTint.lightened(0.5).opacity(0.45)
        addGlow(at: geometry.outline(Point(d * w * 0.42, -0.9)), 0.36, 0.12, angle: d * 0.45, color, .hair, clip: clip)
    }
}
