import Imaging

extension FaceDrawing {
    /// Where a watercolour's paint comes to lie.
    struct Washes {
        let noise: ValueNoise
        private let side: Double

        init(_ scene: FaceScene, size: Int) {
            noise = ValueNoise(seed: scene.texture &+ 101)
            side = Double(size)
        }

        /// From where in the drawing, in pixels, the paint of a pixel has run.
        func source(_ x: Int, _ y: Int) -> (x: Double, y: Double) {
            let (u, v) = (Double(x) / side, Double(y) / side)
            let dx = Double(noise.fractal(u * 14, v * 14) - 0.5) * side * 0.022
            let dy = Double(noise.fractal(u * 14 + 50, v * 14 + 50) - 0.5) * side * 0.022
            return (Double(x) + dx, Double(y) + dy)
        }

        /// 1 where paint covers the paper, 0 at the ragged border.
        func paintedShare(_ x: Int, _ y: Int) -> Float {
            let (u, v) = (Double(x) / side, Double(y) / side)
            let border = Float(min(min(u, 1 - u), min(v, 1 - v)))
            guard border < 0.09 else { return 1 }  // the noise moves the edge by at most 0.03
            return smoothstep(0.012, 0.06, border + 0.06 * (noise.fractal(u * 9 + 7, v * 9) - 0.5))
        }
    }

    /// Transparent washes on rough paper: wavering edges where pigment gathers, blooms, unpainted borders, a faint
    /// pencil line.
    func watercolor() -> FloatImage {
        let side = Double(size)
        let flow = Washes(scene, size: size)
        let noise = flow.noise
        let grain = ValueNoise(seed: scene.texture &+ 102)
        let paper = SIMD3<Float>(0.985, 0.97, 0.94)

        // 1. Simplify the tones into washes, and let their edges waver.
        let washes = toned(backgroundBlur: 0.02).kuwahara(radius: size / 96)
        let wavering = washes.mapped { _, x, y in
            let (u, v) = flow.source(x, y)
            return washes.sample(u, v)
        }

        // 2. Pigment gathers where a wash ends.
        let soft = wavering.blurred(side / 90)
        let bloom = Float(0.25 + 0.3 * texture)
        // Of the paper: in a picture of 128 pixels its grain would be noise.
        let roughness: Float = hasTextureGrid ? 0.05 : 0.14
        let pencil = lineArt(subject, width: pen(0.9))
        return wavering.mapped { color, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let i = (y * size + x) * 3
            let around = SIMD3(soft.pixels[i], soft.pixels[i + 1], soft.pixels[i + 2])
            let edge = max(0, luma(around) - luma(color))
            // Dark washes of large pictures are thinned, so that features stay to be seen in dark skin, and less gaudy.
            let dark = fineness * max(0, 1 - luma(color) / 0.4)
            var wash = saturated(color, 1.3 - 0.25 * dark)
            let thin = SIMD3(wash.x.squareRoot(), wash.y.squareRoot(), wash.z.squareRoot())
            wash += (thin - wash) * (0.4 * dark)
            var pigment = (paper - wash).clamped(lowerBound: .zero, upperBound: .one)
            let blooming = bloom * (1 - 0.5 * dark) * (noise.fractal(u * 5, v * 5) - 0.5)
            let gathered = (1.2 - 0.5 * dark) * edge
            pigment *= 0.875 + blooming + gathered
            pigment *= 1 + roughness * (grain.at(u * 190, v * 190) - 0.5)

            // 3. The border stays unpainted, with a ragged edge.
            pigment *= flow.paintedShare(x, y)
            let line = (1 - pencil.pixels[i]) * (0.30 + 0.25 * dark)
            let result = (paper - pigment) * (1 - line) + SIMD3<Float>(0.30, 0.24, 0.25) * line
            return (result * (0.985 + 0.2 * roughness * grain.at(u * 120, v * 120))).clamped(
                lowerBound: .zero,
                upperBound: .one
            )
        }
    }
}
