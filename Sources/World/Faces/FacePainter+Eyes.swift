import Elementary
import Imaging

extension FacePainter {
    /// The centres of the eyes, left of the picture first, in face units.
    var eyeCenters: [Point] { [Point(-identity.eyeSpacing, 0), Point(identity.eyeSpacing, 0)] }

    mutating func paintEyes() {
        paintEye(side: -1)
        paintEye(side: 1)
    }

    private mutating func paintEye(side: Double) {
        let place = EyePlan(identity, geometry, side: side, lids: mood.lids)
        let (half, open) = (place.half, place.open)
        let skin = identity.skinColor
        let upperLid = place([(-1, 0.22), (-0.72, -0.42), (-0.28, -0.93), (0.22, -1.0), (0.7, -0.62), (1, -0.06)])
        let lowerLid = place([(1, -0.06), (0.62, 0.52), (0.1, 0.74), (-0.45, 0.6), (-1, 0.22)])
        let upper = Path.smooth(upperLid)
        let opening = Path((upper.subpaths.first ?? []) + (Path.smooth(lowerLid).subpaths.first ?? []))
        let unit = geometry.unit

        // 1. The white, darker under the lid.
        add(opening, .color(Color(hex: 0xF6F3EF).mixed(with: skin, 0.06)), .eyeWhite, .form)

        if fine > 0 { addCorners(place, clip: opening) }

        // 2. The iris: dark rim, bright lower half, pupil.
        let large = scene.style == .anime ? 1.17 : 1
        let radius = max(half * 0.53, open * 0.70) * unit * large
        let gaze = Point(side * 0 + scene.yaw * 0.25, mood.lids > 1 ? 0.0 : -0.07)
        let center = geometry.front(Point(side * identity.eyeSpacing + gaze.x * half, gaze.y * half))
        let iris = identity.irisColor
        add(
            .ellipse(center: center, radiusX: radius, radiusY: radius),
            .radial(
                center: center,
                radiusX: radius,
                radiusY: radius,
                angle: 0,
                stops: [
                    .init(0.3, iris.shaded(0.25)), .init(0.55, iris), .init(0.82, iris.shaded(0.12)),
                    .init(0.9, iris.shaded(0.6)),
                    .init(1, iris.shaded(0.75)),
                ]
            ),
            .iris,
            .form,
            clip: opening
        )
        addGlow(
            at: center + Point(0, radius * 0.45),
            radius / unit * 0.75,
            radius / unit * 0.5,
            iris.lightened(0.55).opacity(0.75),
            .iris,
            clip: opening
        )
        if fine > 0 { addSpokes(center, radius, clip: opening, purpose: side < 0 ? 12 : 13) }
        add(
            .ellipse(center: center, radiusX: radius * 0.46, radiusY: radius * 0.46, pieces: 24),
            .color(Color(hex: 0x120E10)),
            .pupil,
            .detail,
            clip: opening
        )
        addGlow(
            at: place(0, -1.15),
            half * 1.15,
            open * 1.05,
            Color(hex: 0x2A1A1C).opacity(0.6),
            .eyeWhite,
            clip: opening
        )
        let glint =
            center + Point((scene.light.direction == 0 ? -0.3 : scene.light.direction * 0.34) * radius, -0.36 * radius)
        add(
            .ellipse(center: glint, radiusX: radius * 0.24 * large, radiusY: radius * 0.24 * large, pieces: 20),
            .color(.white.opacity(0.95)),
            .pupil,
            .detail,
            clip: opening
        )
        let counter = center + (center - glint) * 0.9
        add(
            .ellipse(center: counter, radiusX: radius * 0.12, radiusY: radius * 0.12, pieces: 16),
            .color(.white.opacity(0.4)),
            .pupil,
            .detail,
            clip: opening
        )

        // 3. Lids: the dark upper line that ends in a lash, the crease, the soft lower line, the corner.
        let lash = identity.hairTint.mixed(with: Color(hex: 0x1C1214), 0.75)
        let weight = 0.024 + 0.022 * identity.lashes
        add(upper.stroked { t in unit * weight * (0.35 + 1.1 * t * (1.3 - 0.55 * t)) }, .color(lash), .eyeWhite, .line)
        for i in 0..<3 {
            let t = Double(i) / 2
            let (x, y) = (0.62 + 0.36 * t, -0.70 + 0.6 * t)
            let tip = Point(x + 0.16 + 0.08 * t, y - 0.42 + 0.12 * t)
            let hair = Path.smooth([
                place(x, y), place((x + tip.x) / 2 + 0.03, (y + tip.y) / 2 + 0.08), place(tip.x, tip.y),
            ])
            let length = min(1, identity.lashes)
            add(
                hair.stroked { u in unit * 0.022 * length * (1 - 0.8 * u) },
                .color(lash.opacity(Float(length))),
                .eyeWhite,
                .line
            )
        }
        let crease = Path.smooth(place([(-0.9, -0.55), (-0.35, -1.38), (0.25, -1.46), (0.8, -1.0), (1.1, -0.45)]))
        add(
            crease.stroked { t in unit * 0.02 * (0.3 + 2.4 * t * (1 - t)) },
            .color(identity.skinShade(0.5).opacity(0.7)),
            .eyeWhite,
            .line
        )
        add(
            Path.smooth(lowerLid).stroked { t in unit * 0.015 * (1 - 0.6 * t) },
            .color(identity.skinShade(0.55).opacity(0.65)),
            .eyeWhite,
            .line
        )
        addGlow(at: place(0, 1.25), half * 0.95, open * 0.42, identity.skinShade(0.4).opacity(0.28), .skin, clip: nil)
        if fine > 0 { addLids(place, lash, opening) }
        addGlow(
            at: place(-0.93, 0.2),
            half * 0.16,
            open * 0.3,
            Color(hex: 0xC86A62).opacity(0.6),
            .eyeWhite,
            clip: opening
        )
    }

    mutating func paintBrows() {
        for side in [-1.0, 1.0] {
            let thick = identity.browThickness
            let (spacing, half) = (identity.eyeSpacing, identity.eyeSize)
            let y = -identity.browHeight - mood.browLift
            let arch = 0.02 + 0.07 * identity.browArch
            let (inner, outer) = (spacing - half * 1.12, spacing + half * 1.38)
            func at(_ t: Double, _ above: Double) -> Point {
                let x = inner + (outer - inner) * t
                // Highest at 62 % of the length, from where it falls a little below its start.
                let reach = t < 0.62 ? (t - 0.62) / 0.62 : (t - 0.62) / 0.38 * 1.15
                let bend = -arch * (1 - reach * reach)
                let slope = mood.frown * (1 - t) * (1 - t * 0.4) - identity.eyeTilt * (t - 0.5) * 0.25
                return geometry.front(Point(side * x, y + bend + slope - above))
            }
            let steps = stride(from: 0.0, through: 1.0, by: 0.125).map { $0 }
            func body(_ t: Double) -> Double { thick * (t < 0.25 ? 0.72 + 1.1 * t : 1.0 - (t - 0.25) * 1.16) }
            let top = steps.map { at($0, body($0) * 0.55) }
            let bottom = steps.reversed().map { at($0, -body($0) * 0.5) }
            let path = Path(
                (Path.smooth(top, pieces: 4).subpaths.first ?? [])
                    + (Path.smooth(bottom, pieces: 4).subpaths.first ?? [])
            )
            let tint = identity.browTint
            add(path, .color(tint.opacity(0.88)), .brow, .form)
            var random = identityRandom(side < 0 ? 10 : 11)
            for _ in 0..<22 {
                let t = random.uniform(0...0.92)
                let from = at(t, -body(t) * 0.55)
                let to = at(min(1.03, t + 0.12), body(t) * random.uniform(0.3...0.85))
                let color = random.chance(0.5) ? tint.shaded(0.35) : tint.lightened(0.16)
                add(
                    Path([from, (from + to) * 0.5, to]).stroked { u in geometry.unit * 0.013 * (1 - 0.7 * u) },
                    .color(color.opacity(0.55)),
                    .brow,
                    .shading
                )
            }
        }
    }
}
