import Elementary
import Imaging

extension FaceDrawing {
    /// Graphite on paper: outlines pressed now harder, now softer, and hatching that follows the tones.
    func pencilSketch() -> FloatImage {
        let side = Double(size)
        let noise = ValueNoise(seed: scene.texture &+ 201)
        var faint = self
        // In a small sketch hatching would hide the features: the paper shows through skin, and hair is what is dark.
        let pale = Float(0.6 * (1 - texture))
        for i in faint.shapes.indices {
            switch faint.shapes[i].part {
            case .background: faint.shapes[i].paint = faint.shapes[i].paint.faded(to: 0.35)
            case .skin, .ear, .neck, .nose: faint.shapes[i].paint = faint.shapes[i].paint.lightened(pale)
            default: break
            }
        }
        let tones = faint.toned(backgroundBlur: 0.02).blurred(side / 200)
        let lines = lineArt(subject, width: pen(1.3))
        let spacing = max(2.6, side / 100)
        let graphite = SIMD3<Float>(0.17, 0.17, 0.20)
        let hatches = hatches(spacing)
        return tones.mapped { color, x, y in
            let (u, v) = (Double(x) / side, Double(y) / side)
            let paper = SIMD3<Float>(0.965, 0.955, 0.93) * (0.975 + 0.05 * noise.at(u * 150, v * 150))

            // 1. Hatching: the darker the tone, the more directions; strokes waver and break off.
            let tone = luma(color) + 0.08 * (noise.fractal(u * 7, v * 7) - 0.5)
            var ink: Float = 0
            for (layer, (threshold, across)) in hatches.enumerated() {
                let waver = Double(noise.at(u * 7 + Double(layer) * 9, v * 7)) * (hasTextureGrid ? 0 : 1.3)
                let phase = Double(x) * across.x + Double(y) * across.y + waver
                let distance = Float(abs(phase - phase.rounded()))
                let depth = smoothstep(threshold + 0.08, threshold - 0.22, tone)
                let stroke = smoothstep(0.34, 0.08, distance) * depth
                let broken = smoothstep(0.15, 0.45, noise.at(u * 60 + Double(layer) * 17, v * 60))
                ink = max(ink, stroke * (0.22 + 0.34 * broken))
            }
            ink = max(ink, (0.5 - tone) * 0.55)

            // 2. Outlines over it; the grain of the paper shows through both.
            let wobble = Double(noise.at(u * 30, v * 30) - 0.5) * side * 0.005
            let line = 1 - lines.sample(Double(x) + wobble, Double(y) - wobble).x
            ink = max(ink, line * (0.72 + 0.28 * noise.at(u * 40, v * 40)))
            ink *= 0.78 + 0.32 * noise.at(u * 230, v * 230)
            let fade = smoothstep(0.0, 0.12, Float(min(min(u, 1 - u), min(v, 1 - v))))
            return paper + (graphite - paper) * min(1, max(0, ink * (0.25 + 0.75 * fade)))
        }
    }

    /// From which darkness on strokes run in a direction; `across` has the length of one over their spacing.
    private func hatches(_ spacing: Double) -> [(threshold: Float, across: Point)] {
        let thresholds: [Float] = [0.72, 0.5, 0.32, 0.18]
        let ways =
            hasTextureGrid
            ? [(2.0, 2.0), (-2.0, 2.0), (0.0, 3.0), (3.0, 1.0)].map { Point($0.0 / 8, $0.1 / 8) }
            : [0.9, 2.3, 1.6, 0.35].map { Point(Double.cos($0), Double.sin($0)) * (1 / spacing) }
        return zip(thresholds, ways).map { ($0, $1) }
    }
}
