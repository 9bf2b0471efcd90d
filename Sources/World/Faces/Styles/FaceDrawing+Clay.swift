import Imaging

/// Modelled of clay: every thing has a rounded rim that catches light on one side and falls into shade on the other, and
/// lies on what is behind it.
extension FaceDrawing {
    func clay() -> FloatImage {
        let side = Double(size)
        let noise = ValueNoise(seed: scene.texture &+ 501)
        let d = scene.light.direction == 0 ? -0.6 : scene.light.direction
        var canvas = Canvas(width: size, height: size)
        for shape in background { addClay(shape, on: &canvas, d, rim: 1.2, shadow: 0.10) }
        canvas = Canvas(canvas.image.blurred(side * 0.006))
        for shape in subject { addClay(shape, on: &canvas, d, rim: 1, shadow: 0.22) }
        let tint = scene.light.tint
        return canvas.image.mapped { color, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let lumps = 1 + 0.05 * (noise.fractal(u * 11, v * 11) - 0.5)
            return (color * tint * lumps).clamped(lowerBound: .zero, upperBound: .one)
        }
    }

    private func addClay(_ shape: FaceShape, on canvas: inout Canvas, _ d: Double, rim: Double, shadow: Float) {
        let unit = Double(size) / 128
        switch shape.role {
        case .form:
            let color = clayColor(shape.paint.main)
            if !shape.part.isFine, shape.clip == nil {
                let cast = shape.path.mapped { $0 + Point(-d * 1.6 * unit, 2.2 * unit) }
                canvas.fill(cast, with: .color(Color(hex: 0x2A1810).opacity(shadow)))
            }
            canvas.fill(shape.path, with: .color(color), clip: shape.clip)
            guard let (low, high) = shape.path.bounds, shape.part != .eyeWhite, shape.part != .iris else { return }
            // A wall has no rim to see.
            guard shape.part != .background || low.x > 0 || high.x < Double(size) else { return }
            let (from, to) = d < 0 ? (low, high) : (Point(high.x, low.y), Point(low.x, high.y))
            let rimPaint = Paint.linear(
                from: from,
                to: to,
                stops: [
                    .init(0.1, color.lightened(0.7).opacity(0.42)), .init(0.42, color.lightened(0.3).opacity(0)),
                    .init(0.58, color.shaded(0.5).opacity(0)), .init(0.9, color.shaded(0.7).opacity(0.45)),
                ]
            )
            for width in shape.part.isFine ? [2.0] : [3.5, 8.0] {
                canvas.stroke(shape.path, width: width * rim * unit, with: rimPaint, closed: true, clip: shape.path)
            }
        case .line:
            let color = shape.paint.main
            canvas.fill(
                shape.path.mapped { $0 + Point(0.5 * unit, 0.7 * unit) },
                with: .color(.white.opacity(0.16 * color.a)),
                clip: shape.clip
            )
            canvas.fill(shape.path, with: .color(color), clip: shape.clip)
        case .detail:
            canvas.fill(shape.path, with: shape.paint, clip: shape.clip)
        case .shading:
            guard case .radial = shape.paint else { return }
            canvas.fill(shape.path, with: shape.paint.faded(to: shape.part == .background ? 1 : 0.7), clip: shape.clip)
        }
    }

    /// Pigment in clay: a little paler and warmer than the thing itself.
    private func clayColor(_ color: Color) -> Color {
        let rich = saturated(SIMD3(color.r, color.g, color.b), 1.12)
        return Color(rich.x, rich.y, rich.z, color.a).mixed(with: Color(hex: 0xF0DCC8).opacity(color.a), 0.07)
    }
}
