import Imaging

extension FacePainter {
    /// Half way between the tip of the nose and the chin, a little nearer to the nose.
    var mouthHeight: Double { identity.noseLength + (1 + identity.chin - identity.noseLength) * 0.43 }

    /// The corners of the mouth, left of the picture first, in face units.
    var mouthCorners: [Point] {
        let x = identity.mouthWidth * mood.stretch
        return [-x, x].map { Point($0, mouthHeight - mood.smile + mood.opening * 0.3) }
    }

    mutating func paintMouth() {
        let (w, full) = (identity.mouthWidth * mood.stretch, identity.lipFullness)
        let corner = mouthCorners[1].y
        let open = mood.opening
        let middle = mouthHeight + (mood.smile > 0 ? mood.smile * 0.25 : 0)
        let thin = open > 0 ? 0.8 : 1
        let lips = identity.lipTint.lightened(0.14 * gleam)
        func place(_ points: [(Double, Double)]) -> [Point] { points.map { geometry.front(Point($0.0, $0.1)) } }
        func line(_ points: [(Double, Double)]) -> [Point] {
            Path.smooth(place(points)).subpaths.first ?? []
        }

        // 1. Four lines from corner to corner: upper edge, parting above, parting below, lower edge.
        let upper = line([
            (-w, corner), (-w * 0.55, middle - full * 0.62 * thin), (-w * 0.2, middle - full * 1.0 * thin),
            (0, middle - full * 0.78 * thin),
            (w * 0.2, middle - full * 1.0 * thin), (w * 0.55, middle - full * 0.62 * thin), (w, corner),
        ])
        let parting = line([
            (-w, corner), (-w * 0.5, middle + 0.008), (-w * 0.14, middle - 0.004), (0, middle + 0.012),
            (w * 0.14, middle - 0.004),
            (w * 0.5, middle + 0.008), (w, corner),
        ])
        let lowerParting =
            open == 0
            ? parting
            : line([
                (-w, corner), (-w * 0.62, middle + open * 0.72), (0, middle + open), (w * 0.62, middle + open * 0.72),
                (w, corner),
            ])
        let lower = line([
            (-w, corner), (-w * 0.58, middle + open * 0.8 + full * 0.72 * thin),
            (0, middle + open + full * 1.25 * thin),
            (w * 0.58, middle + open * 0.8 + full * 0.72 * thin), (w, corner),
        ])

        // 2. The shade below, and the folds beside a smile.
        addGlow(
            at: geometry.front(Point(0, middle + open + full * 1.25 + 0.06)),
            w * 0.75,
            0.055,
            identity.skinShade(0.45).opacity(0.5),
            .skin,
            clip: nil
        )
        addGlow(
            at: geometry.front(Point(0, middle - full - 0.07)),
            0.035,
            0.07,
            identity.skinShade(0.4).opacity(0.3),
            .skin,
            clip: nil
        )
        if mood.smile > 0 {
            for side in [-1.0, 1.0] {
                let fold = Path.smooth(
                    place([
                        (side * (identity.noseWidth + 0.05), identity.noseLength + 0.02),
                        (side * (w * 0.5 + identity.noseWidth * 0.5 + 0.1), corner - 0.12),
                        (side * (w + 0.07), corner + 0.0),
                    ])
                )
                add(
                    fold.stroked { t in geometry.unit * 0.03 * (0.25 + t * (1 - t) * 3) },
                    .color(identity.skinShade(0.42).opacity(0.3)),
                    .skin,
                    .shading
                )
            }
        }

        // 3. The inside of an open mouth.
        if open > 0 {
            let inside = Path(parting + lowerParting.reversed())
            add(inside, .color(Color(hex: 0x4A1218)), .mouth, .form)
            addGlow(
                at: geometry.front(Point(0, middle + open)),
                w * 0.55,
                open * 0.5,
                Color(hex: 0xC85A60).opacity(0.9),
                .mouth,
                clip: inside
            )
            if mood.showsTeeth {
                let teeth = Path(
                    parting
                        + line([
                            (w, corner), (w * 0.6, middle + open * 0.36), (0, middle + open * 0.46),
                            (-w * 0.6, middle + open * 0.36), (-w, corner),
                        ])
                )
                add(teeth, .color(Color(hex: 0xF7F3EA)), .teeth, .form, clip: inside)
            } else {
                let teeth = Path(parting + line([(w, corner), (0, middle + open * 0.2), (-w, corner)]))
                add(teeth, .color(Color(hex: 0xE9E2D6)), .teeth, .detail, clip: inside)
            }
        }

        // 4. The lips.
        let upperLip = Path(upper + parting.reversed())
        let lowerLip = Path(lowerParting + lower.reversed())
        add(upperLip, .color(lips.shaded(0.16)), .lips, .form)
        add(lowerLip, .color(lips), .lips, .form)
        addGlow(
            at: geometry.front(Point(scene.light.direction * w * 0.15, middle + open + full * 0.55 * thin)),
            w * 0.5,
            full * 0.42,
            lips.lightened(0.75).opacity(0.55),
            .lips,
            clip: lowerLip
        )
        addGlow(
            at: geometry.front(Point(0, middle + open + full * 1.2 * thin)),
            w * 0.8,
            full * 0.5,
            lips.shaded(0.4).opacity(0.4),
            .lips,
            clip: lowerLip
        )
        if fine > 0 { addLipCreases(lower: lowerLip, width: w, top: middle + open, full: full * thin) }
        let seam = lips.shaded(0.62)
        if open == 0 {
            add(
                Path(parting).stroked { t in geometry.unit * (0.014 + 0.06 * t * (1 - t)) },
                .color(seam.opacity(0.9)),
                .lips,
                .line
            )
        }
        for p in mouthCorners {
            addGlow(at: geometry.front(p), 0.05, 0.04, identity.skinShade(0.55).opacity(0.55), .lips, clip: nil)
        }
    }

    /// Fine upright lines in the lower lip.
    private mutating func addLipCreases(lower: Path, width: Double, top: Double, full: Double) {
        let shade = identity.lipTint.shaded(0.5).opacity(0.35 * Float(fine))
        for i in -3...3 {
            let x = Double(i) / 4 * width * 0.8
            let crease = Path([Point(x, top + full * 0.15), Point(x * 0.96, top + full * 0.9)].map(geometry.front))
            add(crease.stroked(width: geometry.unit * 0.013), .color(shade), .lips, .shading, clip: lower)
        }
    }
}
