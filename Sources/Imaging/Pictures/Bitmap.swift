import Kernels

/// An 8-bit RGB picture: rows from the top, pixels interleaved as R, G, B, values as a screen shows them (sRGB).
public struct Bitmap: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// `height * width * 3` bytes.
    public private(set) var pixels: [UInt8]

    /// `pixels` must hold `width * height * 3` bytes, and both sides must be positive.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        require(width > 0 && height > 0, "Bitmap: a side of \(width)x\(height) is not positive")
        require(pixels.count == width * height * 3, "Bitmap: \(pixels.count) bytes for \(width)x\(height) pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, filledWith color: RGB = .white) {
        var pixels = [UInt8](repeating: color.r, count: width * height * 3)
        if color.g != color.r || color.b != color.r {
            for i in stride(from: 0, to: pixels.count, by: 3) {
                pixels[i + 1] = color.g
                pixels[i + 2] = color.b
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The pixel in column `x` and row `y`, both from 0.
    public subscript(x: Int, y: Int) -> RGB {
        get {
            let i = offset(x, y)
            return RGB(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            let i = offset(x, y)
            pixels[i] = newValue.r
            pixels[i + 1] = newValue.g
            pixels[i + 2] = newValue.b
        }
    }

    /// Copies `other` with its upper left corner at (`x`, `y`); what would lie outside is left out.
    public mutating func paste(_ other: Bitmap, x: Int, y: Int) {
        let left = max(0, x)
        let right = min(width, x + other.width)
        guard left < right else { return }
        for row in max(0, y)..<max(max(0, y), min(height, y + other.height)) {
            let source = ((row - y) * other.width + left - x) * 3
            let target = (row * width + left) * 3
            let count = (right - left) * 3
            pixels.replaceSubrange(target..<target + count, with: other.pixels[source..<source + count])
        }
    }

    /// Fills a rectangle; what lies outside the picture is left out.
    public mutating func fill(x: Int, y: Int, width w: Int, height h: Int, with color: RGB) {
        let columns = max(0, x)..<max(max(0, x), min(width, x + w))
        for row in max(0, y)..<max(max(0, y), min(height, y + h)) {
            for column in columns { self[column, row] = color }
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        require(x >= 0 && x < width && y >= 0 && y < height, "Bitmap: (\(x), \(y)) is outside \(width)x\(height)")
        return (y * width + x) * 3
    }
}

/// One 8-bit colour.
public struct RGB: Equatable, Hashable, Sendable {
    public var r: UInt8
    public var g: UInt8
    public var b: UInt8

    public init(_ r: UInt8, _ g: UInt8, _ b: UInt8) {
        self.r = r
        self.g = g
        self.b = b
    }

    public static let white = RGB(255, 255, 255)
    public static let black = RGB(0, 0, 0)
}
