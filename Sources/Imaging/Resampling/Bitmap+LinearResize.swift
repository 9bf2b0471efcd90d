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
        let across = LinearTaps(from: width, to: newWidth, clampsWeights: true)
        let down = LinearTaps(from: height, to: newHeight, clampsWeights: false)
        var upper = (index: -1, values: [Int32]())
        var lower = (index: -1, values: [Int32]())
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        for y in 0..<newHeight {
            let tap = down.taps[y]
            // Rows are kept while the next lines of the result need them.
            if lower.index == tap.first { upper = lower }
            if upper.index != tap.first { upper = (tap.first, row(tap.first, across)) }
            if lower.index != tap.second {
                lower = tap.second == tap.first ? upper : (tap.second, row(tap.second, across))
            }
            for i in 0..<newWidth * 3 {
                let sum =
                    (tap.weights.0 * (upper.values[i] >> 4)) >> 16 + (tap.weights.1 * (lower.values[i] >> 4)) >> 16
                result[y * newWidth * 3 + i] = UInt8(clamping: (sum + 2) >> 2)
            }
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: result)
    }

    /// One row at the new width, in units of 1/2048.
    private func row(_ y: Int, _ filter: LinearTaps) -> [Int32] {
        var values = [Int32]()
        values.reserveCapacity(filter.taps.count * 3)
        for tap in filter.taps {
            let (a, b) = ((y * width + tap.first) * 3, (y * width + tap.second) * 3)
            for channel in 0..<3 {
                values.append(Int32(pixels[a + channel]) * tap.weights.0 + Int32(pixels[b + channel]) * tap.weights.1)
            }
        }
        return values
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

    /// The picture in the upper left of a black square, as large as fits: what insightface shows its detector.
    /// insightface: model_zoo/scrfd.py::SCRFD.detect
    ///
    /// - Returns: the square, and how many of its pixels one pixel of the picture takes
    public func letterboxed(side: Int) -> (picture: Bitmap, scale: Double) {
        require(side > 0, "\(side) is not positive")
        let ratio = Double(height) / Double(width)
        let newWidth = ratio > 1 ? max(1, Int(Double(side) / ratio)) : side
        let newHeight = ratio > 1 ? side : max(1, Int(Double(side) * ratio))
        var square = Bitmap(width: side, height: side, filledWith: .black)
        square.paste(resizedLinearly(width: newWidth, height: newHeight), x: 0, y: 0)
        return (square, Double(newHeight) / Double(height))
    }
}

/// What each position of one axis is mixed from, with weights in units of 1/2048.
private struct LinearTaps {
    private(set) var taps: [(first: Int, second: Int, weights: (Int32, Int32))] = []

    /// - Parameter clampsWeights: beyond the middle of the outermost pixels, that pixel counts alone
    init(from input: Int, to output: Int, clampsWeights: Bool) {
        let scale = Double(input) / Double(output)
        for position in 0..<output {
            let source = Float((Double(position) + 0.5) * scale - 0.5)
            var first = Int(source.rounded(.down))
            var share = source - Float(first)
            if clampsWeights, first < 0 || first >= input - 1 {
                first = min(max(first, 0), input - 1)
                share = 0
            }
            func fixed(_ weight: Float) -> Int32 { Int32((weight * 2048).rounded(.toNearestOrEven)) }
            let (a, b) = (min(max(first, 0), input - 1), min(max(first + 1, 0), input - 1))
            taps.append((a, b, (fixed(1 - share), fixed(share))))
        }
    }
}
