extension FloatImage {
    /// The picture moved by `transform` (from its pixels to those of the result), bilinear, with `border` outside.
    /// OpenCV: cv2.warpAffine(flags=INTER_LINEAR, borderMode=BORDER_CONSTANT).
    ///
    /// Like OpenCV, source positions are rounded to 1/32 pixel: face alignment upstream goes through that rounding.
    /// A transform without an inverse gives a picture of `border` only.
    public func warped(
        by transform: AffineTransform,
        width newWidth: Int,
        height newHeight: Int,
        border: Color = .black
    ) -> FloatImage {
        precondition(newWidth > 0 && newHeight > 0, "warped: a side of \(newWidth)x\(newHeight) is not positive")
        var result = FloatImage(width: newWidth, height: newHeight, filledWith: border)
        guard let back = transform.inverse else { return result }
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                guard let column = FixedPoint(back.a, x, back.b * Double(y) + back.tx, limit: width),
                    let row = FixedPoint(back.c, x, back.d * Double(y) + back.ty, limit: height)
                else { continue }
                let upper = mix(
                    color(column.whole, row.whole, border),
                    color(column.whole + 1, row.whole, border),
                    column
                )
                let lower = mix(
                    color(column.whole, row.whole + 1, border),
                    color(column.whole + 1, row.whole + 1, border),
                    column
                )
                let value = mix(upper, lower, row)
                let target = (y * newWidth + x) * 3
                for channel in 0..<3 { result.pixels[target + channel] = value[channel] }
            }
        }
        return result
    }

    private func mix(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ t: FixedPoint) -> SIMD3<Float> {
        a * (1 - t.fraction) + b * t.fraction
    }

    private func color(_ x: Int, _ y: Int, _ border: Color) -> SIMD3<Float> {
        guard x >= 0, x < width, y >= 0, y < height else { return SIMD3(border.r, border.g, border.b) }
        let i = (y * width + x) * 3
        return SIMD3(pixels[i], pixels[i + 1], pixels[i + 2])
    }
}

/// A position in 1/32 pixel, computed as OpenCV does: both summands in 1/1024 pixel, rounded on their own.
private struct FixedPoint {
    let whole: Int
    let fraction: Float

    /// factor * x + rest; nil where no pixel of 0..<limit has a part in it.
    init?(_ factor: Double, _ x: Int, _ rest: Double, limit: Int) {
        let (slope, start) = (factor * Double(x) * 1024, rest * 1024)
        guard abs(slope) < 1e15, abs(start) < 1e15 else { return nil }
        let sum = Int(slope.rounded(.toNearestOrEven)) + Int(start.rounded(.toNearestOrEven))
        let position = (sum + 16) >> 5
        whole = position >> 5
        fraction = Float(position & 31) / 32
        guard whole >= -1, whole < limit else { return nil }
    }
}
