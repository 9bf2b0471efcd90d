extension FaceDrawing {
    /// Transparent washes on rough paper: wavering edges where pigment gathers, blooms, unpainted borders, a faint
    /// pencil line.
    func watercolor() -> FloatImage {
        let side = Double(size)
        let noise = ValueNoise(seed: scene.texture &+ 101)
        let grain = ValueNoise(seed: scene.texture &+ 102)
        let paper = SIMD3<Float>(0.985, 0.97, 0.94)

        // 1. Simplify the tones into washes, and let their edges waver.
        let washes = toned(backgroundBlur: 0.02).kuwahara(radius: max(1, size / 96))
        let wavering = washes.mapped { _, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let dx = Double(noise.fractal(u * 14, v * 14) - 0.5) * side * 0.022
            let dy = Double(noise.fractal(u * 14 + 50, v * 14 + 50) - 0.5) * side * 0.022
            return washes.sample(Double(x) + dx, Double(y) + dy)
        }

        // 2. Pigment gathers where a wash ends.
        let soft = wavering.blurred(side / 90)
        let pencil = lineArt(subject, width: pen(0.9))
        return wavering.mapped { color, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let i = (y * size + x) * 3
            let around = SIMD3(soft.pixels[i], soft.pixels[i + 1], soft.pixels[i + 2])
            let edge = max(0, luma(around) - luma(color))
            var pigment = (paper - saturated(color, 1.3)).clamped(lowerBound: .zero, upperBound: .one)
            pigment *= 0.60 + 0.55 * noise.fractal(u * 5, v * 5) + 1.2 * edge
            pigment *= 0.93 + 0.14 * grain.at(u * 190, v * 190)

            // 3. The border stays unpainted, with a ragged edge.
            let border = Float(min(min(u, 1 - u), min(v, 1 - v)))
            pigment *= smoothstep(0.012, 0.06, border + 0.06 * (noise.fractal(u * 9 + 7, v * 9) - 0.5))
            let line = (1 - pencil.pixels[i]) * 0.30
            let result = (paper - pigment) * (1 - line) + SIMD3<Float>(0.30, 0.24, 0.25) * line
            return (result * (0.985 + 0.03 * grain.at(u * 120, v * 120))).clamped(lowerBound: .zero, upperBound: .one)
        }
    }
}
