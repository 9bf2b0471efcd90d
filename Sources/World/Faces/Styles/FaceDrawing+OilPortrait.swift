import Imaging

/// As the old masters: one warm light on the face, the rest sinks into brown shade, and the brush goes with the forms.
extension FaceDrawing {
    func oilPortrait() -> FloatImage {
        let side = Double(size)
        let noise = ValueNoise(seed: scene.texture &+ 401)
        let d = scene.light.direction == 0 ? -0.35 : scene.light.direction

        // 1. The person before a dark wall that is lighter behind the shaded side.
        var canvas = Canvas(width: size, height: size, background: Color(hex: 0x2B2018))
        let glow = Point((0.5 - 0.2 * d) * side, 0.42 * side)
        canvas.fill(
            .rectangle(x: 0, y: 0, width: side, height: side),
            with: .glow(center: glow, radiusX: side * 0.75, radiusY: side * 0.7, Color(hex: 0x7A5C3C).opacity(0.85))
        )
        draw(subject, on: &canvas)
        let dabs = canvas.image.kuwahara(radius: max(1, size / 100))

        // 2. The light: from one side and above, warm where it falls, brown where it does not.
        let cx = 0.5 + scene.offsetX + 0.12 * d
        let cy = 0.36 + scene.offsetY
        let reach = 0.34 + 0.16 * scene.scale
        return dabs.mapped { color, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let (dx, dy) = ((u - cx) / reach, (v - cy) / (reach * 1.15))
            let fall = Float(1 / (1 + 0.75 * (dx * dx + dy * dy)))
            let light = 0.42 + 0.72 * fall
            let brush = noise.at(u * 26 + v * 9, v * 9 - u * 3) - 0.5
            let warm = SIMD3<Float>(1.06, 0.98, 0.84)
            let lit = saturated(color, 1.12) * warm * light * (1 + 0.1 * brush)
            let shade = SIMD3<Float>(0.11, 0.075, 0.05) * (1 - fall)
            return (lit + shade).clamped(lowerBound: .zero, upperBound: .one)
        }
    }
}
