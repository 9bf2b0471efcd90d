import Elementary
import Imaging

extension FaceDrawing {
    /// Thick paint: flat dabs, strokes that follow the forms, and their relief in the light.
    func oilPainting() -> FloatImage {
        let side = Double(size)
        let noise = ValueNoise(seed: scene.texture &+ 301)

        // 1. Dabs.
        let dabs = toned(backgroundBlur: 0.016).kuwahara(radius: max(1, size / 110)).kuwahara(
            radius: size / 180
        )

        // 2. Strokes run across the gradient of the tone, and where there is none, along a slow field of their own.
        let tone = dabs.blurred(side / 70).luma()
        func slope(_ x: Int, _ y: Int) -> (Float, Float) {
            func at(_ i: Int, _ j: Int) -> Float { tone[min(max(j, 0), size - 1) * size + min(max(i, 0), size - 1)] }
            return (at(x + 2, y) - at(x - 2, y), at(x, y + 2) - at(x, y - 2))
        }
        let length = max(4, size / 28)
        let strokes = dabs.mapped { _, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let (gx, gy) = slope(x, y)
            let drift = Double(noise.at(u * 3, v * 3)) * 6.3
            let along = Point(Double(-gy) + 0.010 * Double.cos(drift), Double(gx) + 0.010 * Double.sin(drift))
            let step = along * (1 / max(along.length, 1e-9))
            var sum: Float = 0
            for k in -length...length {
                let p = Point(Double(x), Double(y)) + step * Double(k)
                sum += noise.at(p.x / max(1.5, side / 150), p.y / max(1.5, side / 150))
            }
            return SIMD3(repeating: sum / Float(2 * length + 1))
        }

        // 3. Light from the upper left on the relief.
        return dabs.mapped { color, x, y in
            let height = strokes.pixels[(y * size + x) * 3]
            let next = strokes.pixels[(min(y + 1, size - 1) * size + min(x + 1, size - 1)) * 3]
            let relief = ((next - height) * 0.55 + (height - 0.5) * 0.24) * Float(0.35 + 0.65 * texture)
            let rich = saturated(color, 1.28)
            return (rich * (1 + relief) + SIMD3(repeating: relief * 0.07)).clamped(lowerBound: .zero, upperBound: .one)
        }
    }
}
