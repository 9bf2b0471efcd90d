import Graph

/// What networks need beside their weights, as measured at full size (docs/PERFORMANCE.md), for
/// `Node.workingMemory`.
enum WorkingMemory {
    /// The maps of a UNet's call, for each pixel of the picture.
    static let unetPerPixel = 512
    /// The maps of a VAE, for each pixel of the picture or of a tile.
    static let vaePerPixel = 1600
    /// The maps of an upscaler, for each pixel of the tile that it sees.
    static let upscalerPerPixel = 12_000
    /// Both face detectors, the recogniser and the parser, none of which sees more than 1024 pixels on a side.
    static let faces = 640 << 20
    /// The vision tower or the text encoders.
    static let encoders = 256 << 20

    /// Of a picture as numbers.
    static let bytesPerPixel = 12

    /// The most pixels that a picture of so many bytes has: three a pixel where it is kept as bytes.
    static func pixels(of bytes: Int?) -> Int { (bytes ?? 0) / 3 }

    /// Twice a picture's numbers.
    static func numbers(of bytes: Int?) -> Int { 2 * bytesPerPixel * pixels(of: bytes) }

    /// - Parameters:
    ///   - pixels: of the picture
    ///   - tile: the side of a tile, if there are tiles; each is decoded with its surroundings
    static func vae(pixels: Int, tile: Value?) -> Int {
        guard case .integer(let side)? = tile, let side = Int(exactly: side), side > 0, side <= 4096 else {
            return pixels * vaePerPixel
        }
        return min(pixels, 2 * side * side) * vaePerPixel + 2 * bytesPerPixel * pixels
    }
}

/// A node that trains networks.
protocol TrainingNode: Node {}

extension TrainingNode {
    /// Weights, gradients, moments and averages of what is trained, and what a batch leaves behind on its way through.
    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        1 << 30 + 8 * inputBytes.values.reduce(0, +)
    }
}

extension [String: Value] {
    /// A whole number among checked parameters.
    func whole(_ name: String) -> Int {
        guard case .integer(let wide)? = self[name] else { return 0 }
        return Int(clamping: wide)
    }

    func number(_ name: String) -> Double {
        switch self[name] {
        case .number(let number)?: number
        case .integer(let wide)?: Double(wide)
        default: 0
        }
    }
}
