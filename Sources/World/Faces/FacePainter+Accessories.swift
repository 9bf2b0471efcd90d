import Elementary
import Imaging

extension FacePainter {
    mutating func paintAccessory() {
        switch scene.accessory {
        case .none: break
        case .glasses: addGlasses(lens: Color(hex: 0xDCEBF2).opacity(0.16), frame: Color(hex: 0x2A2428))
        case .sunglasses: addGlasses(lens: Color(hex: 0x15151C).opacity(0.9), frame: Color(hex: 0x18161A))
        case .hat: addHat()
        case .beanie: addBeanie()
        case .headphones: addHeadphones()
        case .earrings: addEarrings()
        }
    }

    private mutating func addGlasses(lens: Color, frame: Color) {
        let pen = 0.045 * geometry.unit
        let half = identity.eyeSpacing * 0.80
        func at(_ x: Double, _ y: Double) -> Point { geometry.raised(Point(x, y), by: 0.08) }
        for side in [-1.0, 1.0] {
            let cx = side * identity.eyeSpacing * 1.03
            let rim = Path(
                (0..<40).map { i in
                    // A superellipse: rounder than a box, squarer than a circle.
                    let t = 2 * Double.pi * Double(i) / 40
                    let (c, s) = (Double.cos(t), Double.sin(t))
                    let x = abs(c).squareRoot() * (c < 0 ? -1 : 1), y = abs(s).squareRoot() * (s < 0 ? -1 : 1)
                    return at(cx + half * (0.6 * x + 0.4 * c), 0.025 + half * 0.8 * (0.55 * y + 0.45 * s))
                }
            )
            add(rim, .color(lens), .accessory, lens.a > 0.5 ? .form : .shading)
            let shine = Path([
                at(cx - half * 0.5, 0.12), at(cx - half * 0.1, -0.15), at(cx + half * 0.12, -0.15),
                at(cx - half * 0.28, 0.12),
            ])
            add(shine, .color(.white.opacity(0.16)), .accessory, .shading, clip: rim)
            add(rim.stroked(width: pen, closed: true), .color(frame), .accessory, .line)
            let temple = Path([
                at(side * (identity.eyeSpacing * 1.03 + half * 0.96), -0.06),
                geometry.outline(Point(side * identity.faceWidth * 1.0, -0.05)),
            ])
            add(temple.stroked(width: pen * 0.9), .color(frame), .accessory, .line)
        }
        let inner = identity.eyeSpacing * 1.03 - half
        let bridge = Path.smooth([at(-inner - 0.005, -0.03), at(0, -0.075), at(inner + 0.005, -0.03)])
        add(bridge.stroked(width: pen), .color(frame), .accessory, .line)
    }

    private mutating func addHat() {
        let w = identity.faceWidth
        let color = scene.clothingColor.color.mixed(with: Color(hex: 0x4A3A2E), 0.55)
        let crown = Path.smooth(
            [
                Point(-w * 1.02, -0.52), Point(-w * 0.98, -1.05), Point(-w * 0.72, -1.36), Point(-w * 0.2, -1.30),
                Point(0, -1.26), Point(w * 0.2, -1.30),
                Point(w * 0.72, -1.36), Point(w * 0.98, -1.05), Point(w * 1.02, -0.52), Point(0, -0.44),
            ],
            closed: true
        ).mapped(geometry.outline)
        add(crown, lit(color, halfWidth: w, top: -1.3, bottom: -0.5, contrast: 1.2), .accessory, .form)
        let band = Path.smooth(
            [
                Point(-w * 1.06, -0.60), Point(0, -0.50), Point(w * 1.06, -0.60), Point(w * 1.06, -0.82),
                Point(0, -0.72), Point(-w * 1.06, -0.82),
            ],
            closed: true
        ).mapped(geometry.outline)
        add(band, .color(color.shaded(0.5)), .accessory, .detail, clip: crown)
        let brim = Path.ellipse(center: Point(0, -0.56), radiusX: w * 1.72, radiusY: 0.2).mapped { p in
            geometry.outline(Point(p.x, p.y - 0.14 * (p.x / w) * (p.x / w) * 0.35))
        }
        add(
            brim,
            lit(color.lightened(0.05), halfWidth: w * 1.5, top: -0.7, bottom: -0.4, contrast: 1.2),
            .accessory,
            .form
        )
        addGlow(
            at: geometry.outline(Point(0, -0.26)),
            w * 0.95,
            0.2,
            identity.skinShade(0.7).opacity(0.45),
            .skin,
            clip: headOutline.mapped(geometry.outline)
        )
    }

    private mutating func addBeanie() {
        let w = identity.faceWidth
        let color = scene.clothingColor.color
        let cap = Path.smooth(
            [
                Point(-w * 1.07, -0.45), Point(-w * 1.06, -0.85), Point(-w * 0.72, -1.22), Point(0, -1.38),
                Point(w * 0.72, -1.22), Point(w * 1.06, -0.85),
                Point(w * 1.07, -0.45),
            ],
            closed: true
        ).mapped(geometry.outline)
        add(cap, lit(color, halfWidth: w, top: -1.3, bottom: -0.4, contrast: 1.2), .accessory, .form)
        let cuff = Path.smooth(
            [
                Point(-w * 1.11, -0.34), Point(-w * 1.13, -0.62), Point(0, -0.74), Point(w * 1.13, -0.62),
                Point(w * 1.11, -0.34), Point(0, -0.46),
            ],
            closed: true
        ).mapped(geometry.outline)
        add(cuff, lit(color.lightened(0.14), halfWidth: w, top: -0.8, bottom: -0.3), .accessory, .form)
        for i in -7...7 {
            let x = Double(i) / 7 * w * 1.05
            let rib = Path([Point(x, -0.3), Point(x * 1.01, -0.5), Point(x, -0.78)].map(geometry.outline))
            add(
                rib.stroked(width: 0.022 * geometry.unit),
                .color(color.shaded(0.4).opacity(0.55)),
                .accessory,
                i % 2 == 0 ? .line : .shading,
                clip: cuff
            )
        }
    }

    private mutating func addHeadphones() {
        let w = identity.faceWidth
        let dark = Color(hex: 0x2B2B33)
        let lift = 0.06 + 0.14 * identity.hairVolume
        let band = Path.smooth(
            [
                Point(-w * 1.13, 0), Point(-w * 1.14, -0.55), Point(-w * 0.66, -1.06 - lift), Point(0, -1.18 - lift),
                Point(w * 0.66, -1.06 - lift),
                Point(w * 1.14, -0.55), Point(w * 1.13, 0),
            ].map(geometry.outline)
        )
        add(band.stroked(width: 0.10 * geometry.unit), .color(dark), .accessory, .line)
        for side in [-1.0, 1.0] {
            let center = geometry.outline(Point(side * w * 1.13, 0.12))
            let (rx, ry) = (0.15 * geometry.unit, 0.27 * geometry.unit)
            add(
                .ellipse(center: center, radiusX: rx, radiusY: ry, angle: scene.tilt),
                lit(scene.clothingColor.color.shaded(0.1), halfWidth: w * 1.4, top: -0.2, bottom: 0.4),
                .accessory,
                .form
            )
            add(
                .ellipse(center: center, radiusX: rx * 0.5, radiusY: ry * 0.62, angle: scene.tilt),
                .color(dark.opacity(0.55)),
                .accessory,
                .detail
            )
        }
    }

    private mutating func addEarrings() {
        let gold = Color(hex: 0xE0B040)
        // An ear turned away is hidden by the head, and its ring with it.
        for side in [-1.0, 1.0] where side * scene.yaw < 0.15 {
            let top = geometry.behind(Point(side * (identity.faceWidth * 1.0 + 0.01), 0.12 + 0.2 * identity.earSize))
            let center = top + Point(0, 0.11 * geometry.unit)
            let ring = Path.ellipse(center: center, radiusX: 0.075 * geometry.unit, radiusY: 0.11 * geometry.unit)
            add(ring.stroked(width: 0.034 * geometry.unit, closed: true), .color(gold), .accessory, .line)
        }
    }
}
