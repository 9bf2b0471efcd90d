import Imaging

extension FacePainter {
    mutating func paintNose() {
        let skin = identity.skinColor
        let shade = identity.skinShade(0.48)
        let (length, width) = (identity.noseLength, identity.noseWidth)
        let bridge = Float(identity.noseBridge)
        let d = scene.light.direction
        /// The side in shade: opposite to the light, or where the head turns to.
        let side = d != 0 ? -d : scene.yaw < 0 ? -1 : 1.0
        let clip = headOutline.mapped(geometry.outline)
        func at(_ x: Double, _ y: Double, _ height: Double) -> Point { geometry.raised(Point(x, y), by: height) }

        // 1. The bridge: shade along one side, light along its ridge.
        addGlow(
            at: at(side * (0.075 + width * 0.25), length * 0.5, 0.05),
            0.085,
            length * 0.62,
            angle: side * -0.10,
            shade.opacity(0.3 + 0.3 * bridge),
            .nose,
            clip: clip
        )
        addGlow(
            at: at(-side * (0.07 + width * 0.2), length * 0.42, 0.05),
            0.06,
            length * 0.5,
            shade.opacity(0.1 + 0.16 * bridge),
            .nose,
            clip: clip
        )
        addGlow(
            at: at(-side * 0.012, length * 0.48, 0.12),
            0.036,
            length * 0.55,
            skin.lightened(0.25 + 0.45 * skin.luma + 0.25 * gleam).opacity(0.3 + 0.3 * bridge + 0.2 * gleam),
            .nose,
            clip: clip
        )

        // 2. The tip and what it overshadows.
        addGlow(at: at(side * 0.03, length + 0.10, 0.06), width * 1.25, 0.075, shade.opacity(0.6), .nose, clip: clip)
        addGlow(
            at: at(0, length - 0.03, 0.13),
            width * 0.95,
            0.12,
            skin.mixed(with: Color(hex: 0xD86050), 0.25).opacity(0.5),
            .nose,
            clip: clip
        )
        addGlow(
            at: at(-side * 0.025, length - 0.045, 0.16),
            0.05,
            0.045,
            skin.lightened(0.35 + 0.5 * skin.luma + 0.15 * gleam).opacity(0.7),
            .nose,
            clip: clip
        )

        // 3. Lines: one flank, the wings, the nostrils.
        let pen = geometry.unit * 0.026
        let flank = Path.smooth([
            at(side * 0.065, 0.02, 0.03), at(side * 0.05, length * 0.35, 0.09),
            at(side * (0.06 + width * 0.12), length * 0.75, 0.1),
        ])
        add(flank.stroked { t in pen * (0.35 + 0.5 * t) }, .color(shade.opacity(0.3 + 0.3 * bridge)), .nose, .line)
        for s in [-1.0, 1.0] {
            let wing = Path.smooth([
                at(s * width * 0.92, length - 0.09, 0.06), at(s * width * 1.06, length - 0.01, 0.06),
                at(s * width * 0.93, length + 0.055, 0.06), at(s * width * 0.6, length + 0.062, 0.09),
            ])
            add(
                wing.stroked { t in pen * (0.5 + 0.9 * t * (1.4 - t)) },
                .color(shade.opacity(s == side ? 0.85 : 0.6)),
                .nose,
                .line
            )
            let center = at(s * width * 0.5, length + 0.048, 0.08)
            add(
                .ellipse(
                    center: center,
                    radiusX: width * 0.27 * geometry.unit,
                    radiusY: 0.021 * geometry.unit,
                    angle: scene.tilt - s * 0.2,
                    pieces: 20
                ),
                .color(identity.skinShade(0.72).opacity(0.9)),
                .nose,
                .detail
            )
        }
        let base = Path.smooth([
            at(-width * 0.34, length + 0.055, 0.11), at(0, length + 0.088, 0.13),
            at(width * 0.34, length + 0.055, 0.11),
        ])
        add(base.stroked { t in pen * 2.2 * t * (1 - t) + pen * 0.25 }, .color(shade.opacity(0.8)), .nose, .line)
    }
}
