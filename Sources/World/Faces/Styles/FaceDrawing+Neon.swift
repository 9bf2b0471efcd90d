import Imaging

extension FaceDrawing {
    /// Glowing tubes in the dark: each part's own hue, as bright as it gets.
    func neon() -> FloatImage {
        let side = Double(size)
        // 1. The tubes, hidden by what lies in front of them. Their bodies are almost black, with a trace of their
        // colour.
        var canvas = Canvas(width: size, height: size, background: .black)
        drawLines(
            subject,
            on: &canvas,
            LineStyle(
                fill: { shape in
                    switch shape.role {
                    case .form:
                        Color.black.mixed(
                            with: shape.paint.main,
                            shape.part == .iris
                                ? 0.7 : shape.part == .eyeWhite ? 0.06 : shape.part == .hair ? 0.28 : 0.2
                        ).opacity(1)
                    case .line: neonColor(shape).opacity(shape.part == .eyeWhite ? 0.45 : 0.9)
                    case .detail where shape.paint.main.luma < 0.3: .black.opacity(shape.paint.main.a)
                    case .detail: neonColor(shape).opacity(shape.paint.main.a)
                    case .shading: nil
                    }
                },
                outline: { neonColor($0) },
                lineWidth: pen(2.3)
            )
        )

        // 2. Their glow, near and far, over a night-blue wall with the background's lines.
        let tubes = canvas.image
        let near = tubes.blurred(side / 110)
        let far = tubes.blurred(side / 26)
        let wall = wallLines().blurred(side / 300)
        let glow = scene.backgroundColor.color
        return tubes.mapped { color, x, y in
            let i = (y * size + x) * 3
            func at(_ image: FloatImage) -> SIMD3<Float> {
                SIMD3(image.pixels[i], image.pixels[i + 1], image.pixels[i + 2])
            }
            let height = Float(y) / Float(size)
            let base = SIMD3<Float>(0.035, 0.02, 0.08) + SIMD3(glow.r, glow.g, glow.b) * 0.10 * (1 - height)
            let covered = smoothstep(0.0, 0.04, luma(color))
            let hot = smoothstep(0.75, 1.0, max(color.x, max(color.y, color.z)))
            let sum = base + at(wall) * 0.30 * (1 - covered) + color + at(near) * 0.75 + at(far) * 0.95
            return (sum + SIMD3(repeating: 0.22 * hot)).clamped(lowerBound: .zero, upperBound: .one)
        }
    }

    private func wallLines() -> FloatImage {
        var canvas = Canvas(width: size, height: size, background: .black)
        drawLines(
            background,
            on: &canvas,
            LineStyle(
                fill: { $0.role == .form ? .black : nil },
                outline: { neonColor($0) },
                lineWidth: pen(1.4)
            )
        )
        return canvas.image
    }

    /// A part's own hue at full strength; greys and blacks, which have none, get white or violet.
    private func neonColor(_ shape: FaceShape) -> Color {
        let (hue, saturation, value) = shape.paint.main.hsv
        switch shape.part {
        case .skin, .ear, .neck, .nose: return Color(hue: 0.055 + hue * 0.3, saturation: 0.9 - 0.25 * value, value: 1)
        case .lips, .mouth: return Color(hue: 0.95, saturation: 0.8, value: 1)
        case .eyeWhite: return Color(hue: 0.5, saturation: 0.45, value: 1)
        case .teeth: return Color(hue: 0.5, saturation: 0.1, value: 0.9)
        default:
            if saturation < 0.2 {
                return value > 0.5
                    ? Color(hue: 0.55, saturation: 0.22, value: 1) : Color(hue: 0.75, saturation: 0.75, value: 1)
            }
            return Color(hue: hue, saturation: min(1, 0.55 + saturation * 0.6), value: 1)
        }
    }
}
