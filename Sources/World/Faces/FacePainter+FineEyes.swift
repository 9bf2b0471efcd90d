import Elementary
import Imaging

/// What there is room for in a large eye.
extension FacePainter {
    /// The white is round: it lies in shade at both corners.
    mutating func addCorners(_ place: EyePlan, clip: Path) {
        let shade = Color(hex: 0x8C6F72).opacity(0.5 * Float(fine))
        for x in [-1.0, 1.0] {
            addGlow(at: place(x, 0.1), place.half * 0.42, place.open * 0.9, shade, .eyeWhite, clip: clip)
        }
    }

    /// The fibres of the iris.
    mutating func addSpokes(_ center: Point, _ radius: Double, clip: Path, purpose: UInt64) {
        var random = identityRandom(purpose)
        let iris = identity.irisColor
        for i in 0..<16 {
            let angle = 2 * Double.pi * (Double(i) + random.uniform(-0.3...0.3)) / 16
            let way = Point(Double.cos(angle), Double.sin(angle))
            let spoke = Path([center + way * (radius * 0.45), center + way * (radius * random.uniform(0.72...0.9))])
            let color = i % 2 == 0 ? iris.lightened(0.5) : iris.shaded(0.45)
            add(
                spoke.stroked(width: radius * 0.07),
                .color(color.opacity(0.5 * Float(fine))),
                .iris,
                .shading,
                clip: clip
            )
        }
    }

    /// The lid's own skin between lash and crease, its wet rim, and single lashes above and below.
    mutating func addLids(_ place: EyePlan, _ lash: Color, _ opening: Path) {
        let (unit, strength) = (geometry.unit, Float(fine))
        let lid = Path(
            smoothPoints(place([(-0.95, 0.1), (-0.3, -0.96), (0.25, -1.03), (1, -0.1)]))
                + smoothPoints(place([(1.1, -0.4), (0.25, -1.44), (-0.35, -1.36), (-0.95, 0.1)]))
        )
        add(lid, .color(identity.skinShade(0.3).opacity(0.4 * strength)), .skin, .shading)
        addGlow(
            at: place(0.1, -1.2),
            place.half * 0.5,
            place.open * 0.16,
            identity.skinColor.lightened(0.25 + 0.3 * identity.skinColor.luma + 0.2 * gleam).opacity(0.5 * strength),
            .skin,
            clip: lid
        )
        if gleam > 0 {
            addGlow(
                at: place(0.35, -2.1),
                place.half * 0.9,
                place.open * 0.3,
                identity.skinColor.lightened(0.5).opacity(0.4 * gleam),
                .skin,
                clip: nil
            )
        }
        let rim = Path.smooth(place([(0.9, 0.1), (0.55, 0.48), (0.1, 0.66), (-0.45, 0.52), (-0.9, 0.25)]))
        add(
            rim.stroked(width: unit * 0.016),
            .color(Color(hex: 0xF3C9BF).opacity(0.65 * strength)),
            .eyeWhite,
            .shading,
            clip: opening
        )
        let length = min(1.3, identity.lashes)
        func addLash(_ root: (Double, Double), _ tip: (Double, Double), _ weight: Double, _ opacity: Float) {
            let bend = ((root.0 + tip.0) / 2 + 0.04, (root.1 + tip.1) / 2 + 0.06)
            let hair = Path.smooth(place([root, bend, tip]), pieces: 4)
            add(
                hair.stroked { t in unit * weight * (1 - 0.8 * t) },
                .color(lash.opacity(opacity * strength)),
                .eyeWhite,
                .shading
            )
        }
        for i in 0..<9 {
            let t = Double(i) / 8
            let (x, y) = (-0.62 + 1.5 * t, -0.55 - 1.62 * t * (0.97 - t) - 0.05 * t)
            let reach = length * (0.2 + 0.3 * t)
            addLash((x, y), (x - 0.06 + 0.34 * t, y - reach), 0.015, 0.85)
        }
        for i in 0..<6 {
            let t = Double(i) / 5
            let (x, y) = (-0.3 + 1.1 * t, 0.72 - 0.42 * t * t)
            addLash((x, y), (x + 0.12 * t, y + length * 0.2), 0.01, 0.5)
        }
    }
}
