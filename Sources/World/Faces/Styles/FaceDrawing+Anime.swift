import Imaging

/// Cel by cel: two tones with a hard edge between them, and thin lines in each thing's own dark.
extension FaceDrawing {
    func anime() -> FloatImage {
        var canvas = Canvas(width: size, height: size)
        let tint = scene.light.tint
        draw(background, on: &canvas)
        canvas = Canvas(
            canvas.image.blurred(0.008 * Double(size)).mapped { color, _, _ in
                let pale = saturated(color, 1.15) * 0.86 + SIMD3(repeating: 0.14)
                return (pale * tint).clamped(lowerBound: .zero, upperBound: .one)
            }
        )
        for shape in subject { addCel(of: shape, on: &canvas, tint) }
        return canvas.image
    }

    private func addCel(of shape: FaceShape, on canvas: inout Canvas, _ tint: SIMD3<Float>) {
        switch shape.role {
        case .form:
            let color = celColor(shape.paint.main, shape.part, tint)
            canvas.fill(shape.path, with: .color(color), clip: shape.clip)
            if !shape.part.isFine, shape.clip == nil { addHardShade(shape.path, color, on: &canvas) }
            guard shape.part != .beard || shape.paint.main.a > 0.6 else { return }
            canvas.stroke(
                shape.path,
                width: pen(shape.part.isFine ? 1.1 : 1.7),
                with: .color(ink(color)),
                closed: true,
                clip: shape.clip
            )
        case .line, .detail:
            let color = celColor(shape.paint.main, shape.part, tint)
            canvas.fill(shape.path, with: .color(color), clip: shape.clip)
        case .shading where shape.part == .skin || shape.part == .nose || shape.part == .lips || shape.part == .neck:
            canvas.fill(shape.path, with: shape.paint.faded(to: 0.5), clip: shape.clip)
        case .shading:
            guard let (path, color) = hardEdged(shape) else { return }
            canvas.fill(path, with: .color(color), clip: shape.clip)
        }
    }

    /// All of a thing but what is turned to the light lies in shade.
    private func addHardShade(_ path: Path, _ color: Color, on canvas: inout Canvas) {
        let d = scene.light.direction == 0 ? -0.5 : scene.light.direction
        let unit = Double(size) / 128 * scene.scale
        canvas.fill(path, with: .color(color.shaded(0.24)))
        canvas.fill(path.mapped { $0 + Point(d * 5 * unit, -2.5 * unit) }, with: .color(color), clip: path)
    }

    /// A glow becomes an area with an edge, but for the softness of skin; strands and other small lines stay what they
    /// are.
    private func hardEdged(_ shape: FaceShape) -> (Path, Color)? {
        guard case .radial(let center, let radiusX, let radiusY, let angle, let stops) = shape.paint,
            let color = stops.first?.color
        else {
            let color = shape.paint.main
            return (shape.path, color.opacity(color.a * 0.6))
        }
        // Only what is strong enough to be a cel of its own.
        guard shape.part == .hair || shape.part == .iris || shape.part == .clothing else { return nil }
        let path = Path.ellipse(center: center, radiusX: radiusX * 0.56, radiusY: radiusY * 0.56, angle: angle)
        let strength: Float = shape.part == .hair ? 0.7 : shape.part == .iris ? 0.75 : 0.36
        return (path, color.opacity(min(1, color.a * 1.3) * strength))
    }

    private func celColor(_ color: Color, _ part: FacePart, _ tint: SIMD3<Float>) -> Color {
        let rich = saturated(
            SIMD3(color.r, color.g, color.b),
            part == .skin || part == .neck || part == .ear ? 1.08 : 1.3
        )
        let light: Float = part == .skin || part == .neck || part == .ear ? 0.06 : 0.03
        let lit = ((rich * (1 - light) + SIMD3(repeating: light)) * tint).clamped(lowerBound: .zero, upperBound: .one)
        return Color(lit.x, lit.y, lit.z, color.a)
    }

    /// A thing's own dark, never black.
    private func ink(_ color: Color) -> Color { color.shaded(0.62).mixed(with: Color(hex: 0x33202C), 0.45).opacity(1) }
}
