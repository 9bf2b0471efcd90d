import Kernels

extension FloatImage {
    /// The picture at another size. Both sides must be positive. Values are not clamped: bicubic and Lanczos overshoot.
    public func resized(width newWidth: Int, height newHeight: Int, by interpolation: Interpolation) -> FloatImage {
        require(newWidth > 0 && newHeight > 0, "a side of \(newWidth)x\(newHeight) is not positive")
        if newWidth == width && newHeight == height { return self }
        let across = AxisFilter(from: width, to: newWidth, by: interpolation)
        let down = AxisFilter(from: height, to: newHeight, by: interpolation)
        return filteredAcross(across).filteredDown(down)
    }

    private func filteredAcross(_ filter: AxisFilter<Float>) -> FloatImage {
        let newWidth = filter.count
        var result = [Float](repeating: 0, count: newWidth * height * 3)
        for y in 0..<height {
            let row = y * width * 3
            for x in 0..<newWidth {
                var (r, g, b): (Float, Float, Float) = (0, 0, 0)
                for tap in filter.taps(x) {
                    let source = row + filter.indices[tap] * 3
                    let weight = filter.weights[tap]
                    r += weight * pixels[source]
                    g += weight * pixels[source + 1]
                    b += weight * pixels[source + 2]
                }
                let target = (y * newWidth + x) * 3
                result[target] = r
                result[target + 1] = g
                result[target + 2] = b
            }
        }
        return FloatImage(width: newWidth, height: height, pixels: result)
    }

    private func filteredDown(_ filter: AxisFilter<Float>) -> FloatImage {
        let newHeight = filter.count
        let stride = width * 3
        var result = [Float](repeating: 0, count: newHeight * stride)
        for y in 0..<newHeight {
            for tap in filter.taps(y) {
                let source = filter.indices[tap] * stride
                let weight = filter.weights[tap]
                for i in 0..<stride { result[y * stride + i] += weight * pixels[source + i] }
            }
        }
        return FloatImage(width: width, height: newHeight, pixels: result)
    }
}

extension Bitmap {
    /// The picture at another size, clamped and rounded to bytes.
    public func resized(width: Int, height: Int, by interpolation: Interpolation) -> Bitmap {
        if width == self.width && height == self.height { return self }
        return Bitmap(FloatImage(self).resized(width: width, height: height, by: interpolation))
    }
}
