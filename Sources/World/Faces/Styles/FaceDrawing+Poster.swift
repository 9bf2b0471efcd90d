import Elementary
import Imaging

extension FaceDrawing {
    /// Screen print: a burst of two colours, few bold tones, halftone dots in the shade, heavy outlines.
    func poster() -> FloatImage {
        let side = Double(size)

        // 1. The burst behind the person.
        let color = scene.backgroundColor.color
        var canvas = Canvas(width: size, height: size, background: color.lightened(0.30))
        let center = Point(side * 0.5, side * 0.45)
        for ray in 0..<14 {
            let (from, to) = (Double(ray) * .pi / 7, (Double(ray) + 0.5) * .pi / 7)
            let tips = [from, to].map { center + Point(Double.cos($0), Double.sin($0)) * (side * 1.2) }
            canvas.fill(Path([center] + tips), with: .color(color))
        }

        // 2. The person in few tones.
        draw(subject, on: &canvas)
        let diagonal = hasTextureGrid ? 1.4142135623730951 : 1.4142
        let smooth = canvas.image.kuwahara(radius: max(1, size / 128))
        // The root of 8 makes (x + y) / 4 and (x - y) / 4 below.
        let spacing = hasTextureGrid ? 2.8284271247461903 : max(3, side / 64)
        let printed = smooth.mapped { color, x, y in
            let (hue, saturation, value) = Color(color.x, color.y, color.z).hsv
            let levels: [Float] = [0.16, 0.42, 0.68, 0.88, 1]
            let tone = value * 0.97
            let step = levels.firstIndex { tone < $0 } ?? levels.count - 1
            let low: Float = step == 0 ? 0 : levels[step - 1]
            let position = (tone - low) / (levels[step] - low)

            // Dots of the darker tone, larger the nearer the tone is to it; the screen is turned by 45 degrees.
            let (a, b) = (Double(x + y) / spacing / diagonal, Double(x - y) / spacing / diagonal)
            let distance = Float(
                ((a - a.rounded()) * (a - a.rounded()) + (b - b.rounded()) * (b - b.rounded())).squareRoot()
            )
            let dot =
                smoothstep(0.08, -0.08, distance - 0.52 * (1 - position) * (position < 0.6 ? 1 : 0)) * Float(texture)
            let printedValue = levels[step] + (max(low, 0.1) - levels[step]) * dot
            let printed = Color(
                hue: (hue * 36).rounded() / 36,
                saturation: min(1, saturation * 1.35),
                value: printedValue
            )
            return SIMD3(printed.r, printed.g, printed.b)
        }

        // 3. Heavy outlines.
        let lines = lineArt(subject, width: pen(2.4))
        return printed.mapped { color, x, y in
            color * (1 - 0.92 * (1 - lines.pixels[(y * size + x) * 3]))
        }
    }
}
