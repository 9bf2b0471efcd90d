import Foundation

extension FloatImage {
    /// Nearly a Gaussian of this standard deviation in pixels: three box blurs. Edges are extended.
    package func blurred(_ sigma: Double) -> FloatImage {
        let radius = Int((sigma * 0.95).rounded())
        guard radius > 0 else { return self }
        var result = self
        for _ in 0..<3 {
            result.boxBlur(radius: radius, lines: height, lineStep: width * 3, length: width, step: 3)
            result.boxBlur(radius: radius, lines: width, lineStep: 3, length: height, step: width * 3)
        }
        return result
    }

    private mutating func boxBlur(radius: Int, lines: Int, lineStep: Int, length: Int, step: Int) {
        var line = [Float](repeating: 0, count: length)
        let scale = 1 / Float(2 * radius + 1)
        for start in 0..<lines {
            for channel in 0..<3 {
                let base = start * lineStep + channel
                for i in 0..<length { line[i] = pixels[base + i * step] }
                var sum: Float = 0
                for i in -radius...radius { sum += line[min(max(i, 0), length - 1)] }
                for i in 0..<length {
                    pixels[base + i * step] = sum * scale
                    sum += line[min(i + radius + 1, length - 1)] - line[max(i - radius, 0)]
                }
            }
        }
    }

    /// The Kuwahara filter: each pixel becomes the mean of the calmest of the four squares that meet in it. Edges stay,
    /// texture becomes brush strokes.
    package func kuwahara(radius: Int) -> FloatImage {
        guard radius > 0 else { return self }
        let sums = SummedArea(self)
        var result = self
        for y in 0..<height {
            for x in 0..<width {
                var calmest = Float.infinity
                for (left, top) in [(x - radius, y - radius), (x, y - radius), (x - radius, y), (x, y)] {
                    let (mean, variance) = sums.statistics(
                        columns: max(0, left)..<min(width, left + radius + 1),
                        rows: max(0, top)..<min(height, top + radius + 1)
                    )
                    guard variance < calmest else { continue }
                    calmest = variance
                    let i = (y * width + x) * 3
                    for channel in 0..<3 { result.pixels[i + channel] = mean[channel] }
                }
            }
        }
        return result
    }

    /// Every pixel's colour replaced by `change(colour, x, y)`.
    @inlinable package func mapped(_ change: (SIMD3<Float>, Int, Int) -> SIMD3<Float>) -> FloatImage {
        var result = self
        for y in 0..<height {
            for x in 0..<width {
                let i = (y * width + x) * 3
                let color = change(SIMD3(pixels[i], pixels[i + 1], pixels[i + 2]), x, y)
                for channel in 0..<3 { result.pixels[i + channel] = color[channel] }
            }
        }
        return result
    }

    /// The colour at a position between pixels, bilinear; edges are extended.
    package func sample(_ x: Double, _ y: Double) -> SIMD3<Float> {
        let (cx, cy) = (min(max(x, 0), Double(width - 1)), min(max(y, 0), Double(height - 1)))
        let (i, j) = (min(Int(cx), max(0, width - 2)), min(Int(cy), max(0, height - 2)))
        let (u, v) = (Float(cx - Double(i)), Float(cy - Double(j)))
        func at(_ column: Int, _ row: Int) -> SIMD3<Float> {
            let k = (min(row, height - 1) * width + min(column, width - 1)) * 3
            return SIMD3(pixels[k], pixels[k + 1], pixels[k + 2])
        }
        let upper = at(i, j) * (1 - u) + at(i + 1, j) * u
        let lower = at(i, j + 1) * (1 - u) + at(i + 1, j + 1) * u
        return upper * (1 - v) + lower * v
    }
}

/// Sums over all rectangles from the upper left corner, so that any rectangle's mean takes four look-ups.
private struct SummedArea {
    private let stride: Int
    /// (height + 1, width + 1): sums of R, G, B, and of their squares together.
    private var sums: [SIMD4<Double>]

    init(_ image: FloatImage) {
        stride = image.width + 1
        sums = [SIMD4<Double>](repeating: .zero, count: stride * (image.height + 1))
        for y in 0..<image.height {
            var row = SIMD4<Double>.zero
            for x in 0..<image.width {
                let i = (y * image.width + x) * 3
                let (r, g, b) = (Double(image.pixels[i]), Double(image.pixels[i + 1]), Double(image.pixels[i + 2]))
                row += SIMD4(r, g, b, r * r + g * g + b * b)
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row
            }
        }
    }

    /// The mean colour, and the variance of all channels together.
    func statistics(columns: Range<Int>, rows: Range<Int>) -> (mean: SIMD3<Float>, variance: Float) {
        let (top, bottom) = (rows.lowerBound * stride, rows.upperBound * stride)
        let sum =
            sums[bottom + columns.upperBound] - sums[top + columns.upperBound] - sums[bottom + columns.lowerBound]
            + sums[top + columns.lowerBound]
        let mean = sum / Double(columns.count * rows.count)
        let variance = mean.w - mean.x * mean.x - mean.y * mean.y - mean.z * mean.z
        return (SIMD3(Float(mean.x), Float(mean.y), Float(mean.z)), Float(variance))
    }
}
