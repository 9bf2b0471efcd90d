import Kernels

extension Bitmap {
    /// The picture with its long edge brought down to `limit` by Lanczos; unchanged if it is not longer.
    /// PuLID: pulid/utils.py::resize_numpy_image_long. The new sides are truncated, not rounded, as there.
    public func limitingLongEdge(to limit: Int) -> Bitmap {
        require(limit > 0, "\(limit) is not positive")
        let longEdge = max(width, height)
        guard longEdge > limit else { return self }
        let scale = Double(limit) / Double(longEdge)
        return resizedByLanczos(
            width: max(1, Int(Double(width) * scale)),
            height: max(1, Int(Double(height) * scale))
        )
    }

    /// The picture at another size, by Lanczos over 8x8 pixels in whole numbers: bit for bit what OpenCV makes of bytes
    /// (cv2.resize, INTER_LANCZOS4, 11-bit weights). Both sides must be positive.
    ///
    /// A detector's boxes move by tenths of a pixel when its picture is one grey level off.
    public func resizedByLanczos(width newWidth: Int, height newHeight: Int) -> Bitmap {
        require(newWidth > 0 && newHeight > 0, "\(newWidth)x\(newHeight) is not positive")
        if newWidth == width && newHeight == height { return self }
        let across = AxisFilter.openCVLanczos(from: width, to: newWidth)
        let down = AxisFilter.openCVLanczos(from: height, to: newHeight)
        let (stride, taps) = (newWidth * 3, 8)
        let pixels = [UInt8](unsafeUninitializedCapacity: newHeight * stride) { result, count in
            guard let result = result.baseAddress else { return }
            Parallel.forRanges(newHeight, grain: 32) { band in
                // Rows at the new width, in units of 1/2048; as many as one line of the result needs.
                var rows = [Int32](repeating: 0, count: taps * stride)
                var held = [Int](repeating: -1, count: taps)
                var sums = [Int32](repeating: 0, count: stride)
                for y in band {
                    for i in 0..<stride { sums[i] = 1 << 21 }
                    for tap in down.taps(y) {
                        let row = down.indices[tap]
                        let place = row % taps
                        if held[place] != row {
                            held[place] = row
                            rows.withUnsafeMutableBufferPointer { rows in
                                guard let rows = rows.baseAddress else { return }
                                filter(row, by: across, from: 0, into: rows + place * stride)
                            }
                        }
                        let weight = down.weights[tap]
                        // With the weights of any place it stays below 2^31.
                        for i in 0..<stride { sums[i] &+= weight &* rows[place * stride + i] }
                    }
                    for i in 0..<stride { result[y * stride + i] = UInt8(clamping: sums[i] >> 22) }
                }
            }
            count = newHeight * stride
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: pixels)
    }
}
