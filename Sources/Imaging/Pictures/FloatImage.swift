import Kernels

/// A float RGB picture, (height, width, 3) interleaved, with 0 as black and 1 as full intensity.
///
/// Values outside 0...1 are kept (a bicubic resize overshoots); they are clamped only when the picture becomes a
/// `Bitmap`.
public struct FloatImage: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// `height * width * 3` values.
    public var pixels: [Float]

    /// `pixels` must hold `width * height * 3` values, and both sides must be positive.
    public init(width: Int, height: Int, pixels: [Float]) {
        require(width > 0 && height > 0, "FloatImage: a side of \(width)x\(height) is not positive")
        require(
            pixels.count == width * height * 3,
            "FloatImage: \(pixels.count) values for \(width)x\(height) pixels"
        )
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, filledWith color: Color = .white) {
        var pixels = [Float](repeating: color.r, count: width * height * 3)
        for i in stride(from: 0, to: pixels.count, by: 3) {
            pixels[i + 1] = color.g
            pixels[i + 2] = color.b
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Bytes divided by 255.
    public init(_ bitmap: Bitmap) {
        self.init(width: bitmap.width, height: bitmap.height, pixels: bitmap.pixels.map { Float($0) / 255 })
    }

    /// The luma of each pixel, (height, width): 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    public func luma() -> [Float] {
        var luma = [Float](repeating: 0, count: width * height)
        for i in 0..<luma.count {
            luma[i] = 0.299 * pixels[3 * i] + 0.587 * pixels[3 * i + 1] + 0.114 * pixels[3 * i + 2]
        }
        return luma
    }

    /// The same picture in grey: the luma in all three channels.
    public func grey() -> FloatImage {
        var result = self
        for (i, y) in luma().enumerated() {
            result.pixels[3 * i] = y
            result.pixels[3 * i + 1] = y
            result.pixels[3 * i + 2] = y
        }
        return result
    }
}

extension Bitmap {
    /// Clamps to 0...1 and rounds to the nearest byte, ties to even as NumPy does; a value that is not a number is 0.
    public init(_ image: FloatImage) {
        self.init(
            width: image.width,
            height: image.height,
            pixels: image.pixels.map { value in
                guard value > 0 else { return 0 }
                return UInt8((min(value, 1) * 255).rounded(.toNearestOrEven))
            }
        )
    }

    /// The same picture in grey: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded to the nearest byte.
    public func grey() -> Bitmap { Bitmap(FloatImage(self).grey()) }
}
