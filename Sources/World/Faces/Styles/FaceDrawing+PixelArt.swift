import Imaging

extension FaceDrawing {
    /// Few large pixels in few colours, with dark outlines.
    func pixelArt() -> FloatImage {
        let cells = FaceDrawing.cells(forSize: size)
        // Draw it four times as fine as the cells, so that each cell sees the average of what it covers.
        let fine = FaceDrawing(shapes: scaled(to: cells * 4), size: cells * 4, scene: scene)
        let coarse = fine.cartoon(lineWidth: 2.6, fineLines: 0.6 * texture, shadingOpacity: 0.45)
            .resized(width: cells, height: cells, by: .area)
        let dither = Float(0.06 + 0.16 * texture)
        let palette = coarse.mapped { color, x, y in
            // Ordered dithering by half a step, as old machines did.
            let bayer: [Float] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
            let threshold = (bayer[y % 4 * 4 + x % 4] / 16 - 0.47) * dither
            let levels: Float = 7
            let rich = saturated(color, 1.25)
            // In large pictures dark tones have finer steps, as eyes have, or dark skin would fall apart into reds.
            if cells > 32 {
                let even = SIMD3(rich.x.squareRoot(), rich.y.squareRoot(), rich.z.squareRoot())
                let stepped = ((even * 9 + threshold * 0.4).rounded(.toNearestOrEven) / 9)
                return (stepped * stepped).clamped(lowerBound: .zero, upperBound: .one)
            }
            let stepped = (rich * levels + threshold).rounded(.toNearestOrEven) / levels
            return stepped.clamped(lowerBound: .zero, upperBound: .one)
        }
        let blank = FloatImage(width: size, height: size)
        return blank.mapped { _, x, y in
            let i = (y * cells / size * cells + x * cells / size) * 3
            return SIMD3(palette.pixels[i], palette.pixels[i + 1], palette.pixels[i + 2])
        }
    }

    /// How many large pixels a side of the picture has.
    static func cells(forSize size: Int) -> Int { size <= 96 ? 32 : 64 }

    private func scaled(to other: Int) -> [FaceShape] {
        let factor = Double(other) / Double(size)
        return shapes.map { shape in
            var shape = shape
            shape.path = shape.path.mapped { $0 * factor }
            shape.clip = shape.clip?.mapped { $0 * factor }
            shape.paint = shape.paint.scaled(by: factor)
            return shape
        }
    }
}

extension Paint {
    fileprivate func scaled(by factor: Double) -> Paint {
        switch self {
        case .color: self
        case .linear(let from, let to, let stops): .linear(from: from * factor, to: to * factor, stops: stops)
        case .radial(let center, let radiusX, let radiusY, let angle, let stops):
            .radial(
                center: center * factor,
                radiusX: radiusX * factor,
                radiusY: radiusY * factor,
                angle: angle,
                stops: stops
            )
        }
    }
}
