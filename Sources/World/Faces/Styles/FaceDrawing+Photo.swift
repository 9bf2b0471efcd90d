import Imaging

extension FaceDrawing {
    /// All tones, the background out of focus, the light's tint, and corners a little darker.
    func photo() -> FloatImage {
        toned(backgroundBlur: 0.012).mapped { color, x, y in
            let (u, v) = (Float(x) / Float(size) - 0.5, Float(y) / Float(size) - 0.5)
            return color * (1 - 0.42 * (u * u + v * v))
        }
    }

    /// The drawing in all its tones. `backgroundBlur` is a fraction of the picture.
    func toned(backgroundBlur: Double) -> FloatImage {
        var canvas = Canvas(width: size, height: size)
        draw(background, on: &canvas)
        canvas = Canvas(canvas.image.blurred(backgroundBlur * Double(size)))
        draw(subject, on: &canvas)
        let tint = scene.light.tint
        return canvas.image.mapped { color, _, _ in (color * tint).clamped(lowerBound: .zero, upperBound: .one) }
    }
}
