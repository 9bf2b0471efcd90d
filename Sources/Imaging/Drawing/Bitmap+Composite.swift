extension Bitmap {
    /// Rec. 601's grey of each pixel.
    ///
    /// Pillow: src/libImaging/Convert.c, rgb2l
    public var greyLevels: [UInt8] {
        stride(from: 0, to: pixels.count, by: 3).map { i in
            let sum = Int(pixels[i]) * 19595 + Int(pixels[i + 1]) * 38470 + Int(pixels[i + 2]) * 7471 + 0x8000
            return UInt8(sum >> 16)
        }
    }

    /// This picture where the weights are 255, the other one where they are 0. Both have one size, and a weight for each
    /// pixel.
    ///
    /// Pillow: src/libImaging/Paste.c, paste_mask_L
    public func blended(over other: Bitmap, weights: [UInt8]) -> Bitmap {
        var result = pixels
        for pixel in weights.indices {
            let weight = Int(weights[pixel])
            for i in 3 * pixel..<3 * pixel + 3 {
                let sum = Int(pixels[i]) * weight + Int(other.pixels[i]) * (255 - weight) + 128
                result[i] = UInt8(((sum >> 8) + sum) >> 8)
            }
        }
        return Bitmap(width: width, height: height, pixels: result)
    }
}
