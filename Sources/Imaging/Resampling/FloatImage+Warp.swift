import Kernels

extension FloatImage {
    /// The picture moved by `transform` (from its pixels to those of the result), bilinear, with `border` outside.
    /// OpenCV 5: cv2.warpAffine(flags=INTER_LINEAR, borderMode=BORDER_CONSTANT).
    ///
    /// As in OpenCV, whole coordinates are the centres of pixels here. OpenCV 4 rounds positions to 1/32 pixel, 5
    /// does not. A transform without an inverse gives a picture of `border` only.
    public func warped(
        by transform: AffineTransform,
        width newWidth: Int,
        height newHeight: Int,
        border: Color = .black
    ) -> FloatImage {
        require(newWidth > 0 && newHeight > 0, "a side of \(newWidth)x\(newHeight) is not positive")
        var result = FloatImage(width: newWidth, height: newHeight, filledWith: border)
        guard let back = transform.inverse else { return result }
        let outside = SIMD3(border.r, border.g, border.b)
        func color(_ x: Int, _ y: Int) -> SIMD3<Float> {
            guard x >= 0, x < width, y >= 0, y < height else { return outside }
            let i = (y * width + x) * 3
            return SIMD3(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        result.pixels.withUnsafeMutableBufferPointer { result in
            guard let result = result.baseAddress else { return }
            Parallel.forRanges(newHeight, grain: 16) { band in
                for y in band {
                    for x in 0..<newWidth {
                        let place = back(Point(Double(x), Double(y)))
                        guard let cell = PixelCell(around: place, width: width, height: height) else { continue }
                        let (i, j, u, v) = (cell.column, cell.row, Float(cell.right), Float(cell.down))
                        let upper = color(i, j) * (1 - u) + color(i + 1, j) * u
                        let lower = color(i, j + 1) * (1 - u) + color(i + 1, j + 1) * u
                        let value = upper * (1 - v) + lower * v
                        let target = result + (y * newWidth + x) * 3
                        for channel in 0..<3 { target[channel] = value[channel] }
                    }
                }
            }
        }
        return result
    }
}
