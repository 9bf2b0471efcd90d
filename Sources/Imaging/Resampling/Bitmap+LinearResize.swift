import Kernels

extension Bitmap {
    /// The picture at another size, bilinear in whole numbers: bit for bit what OpenCV 4 makes of bytes
    /// (cv2.resize, INTER_LINEAR, 11-bit weights), so that a detector sees what it sees there. Both sides must be positive.
    ///
    /// As there, halving both sides takes the mean of four pixels.
    public func resizedLinearly(width newWidth: Int, height newHeight: Int) -> Bitmap {
        require(newWidth > 0 && newHeight > 0, "\(newWidth)x\(newHeight) is not positive")
        if newWidth == width && newHeight == height { return self }
        if width == 2 * newWidth && height == 2 * newHeight { return halved() }
        let across = AxisFilter.openCVLinear(from: width, to: newWidth, clampsWeights: true)
        let down = AxisFilter.openCVLinear(from: height, to: newHeight, clampsWeights: false)
        var upper = (index: -1, values: [Int32]())
        var lower = (index: -1, values: [Int32]())
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        for y in 0..<newHeight {
            let (first, second) = (down.indices[2 * y], down.indices[2 * y + 1])
            let (above, below) = (down.weights[2 * y], down.weights[2 * y + 1])
            // Rows are kept while the next lines of the result need them.
            if lower.index == first { upper = lower }
            if upper.index != first { upper = (first, row(first, across)) }
            if lower.index != second { lower = second == first ? upper : (second, row(second, across)) }
            for i in 0..<newWidth * 3 {
                let sum = (above * (upper.values[i] >> 4)) >> 16 + (below * (lower.values[i] >> 4)) >> 16
                result[y * newWidth * 3 + i] = UInt8(clamping: (sum + 2) >> 2)
            }
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: result)
    }

    /// One row at the new width, in units of 1/2048.
    private func row(_ y: Int, _ filter: AxisFilter<Int32>) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: filter.count * 3) { row, count in
            guard let row = row.baseAddress else { return }
            self.filter(y, by: filter, from: 0, into: row)
            count = filter.count * 3
        }
    }

    private func halved() -> Bitmap {
        var result = [UInt8]()
        result.reserveCapacity(pixels.count / 4)
        for y in 0..<height / 2 {
            for x in 0..<width / 2 {
                let i = (2 * y * width + 2 * x) * 3
                for c in i..<i + 3 {
                    let sum =
                        Int(pixels[c]) + Int(pixels[c + 3]) + Int(pixels[c + width * 3])
                        + Int(pixels[c + width * 3 + 3])
                    result.append(UInt8((sum + 2) / 4))
                }
            }
        }
        return Bitmap(width: width / 2, height: height / 2, pixels: result)
    }
}
