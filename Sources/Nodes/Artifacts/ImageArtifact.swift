import Foundation
import Graph
import Imaging
import Tensors

/// A picture: (B, 3, H, W) in -1...1; 12 bytes a pixel.
public struct ImageArtifact: Artifact {
    public static let kind = "image"
    public static let extensions = ["png", "jpg", "jpeg", "webp", "safetensors", "npy"]
    public static let loader: String? = "load_image"

    public let image: Tensor

    public init(_ image: Tensor) { self.image = image }

    /// 0...255 becomes -1...1. Nothing as large is made on the way: photographs take hundreds of megabytes as floats.
    init(_ bitmap: Bitmap) {
        let count = bitmap.width * bitmap.height
        let floats = Bytes(count: 12 * count) { bytes in
            let planes = bytes.assumingMemoryBound(to: Float.self)
            bitmap.pixels.withUnsafeBufferPointer { pixels in
                for i in 0..<count {
                    for channel in 0..<3 { planes[channel * count + i] = Self.levels[Int(pixels[3 * i + channel])] }
                }
            }
        }
        image = Tensor(borrowing: floats.memory, shape: [1, 3, bitmap.height, bitmap.width], owner: floats.owner)
    }

    /// What each byte becomes.
    private static let levels: [Float] = {
        let bytes = Bitmap(width: 256, height: 1, pixels: (0..<768).map { UInt8($0 / 3) })
        return Array(ImageArtifact(FloatImage(bytes)).image.values.prefix(256))
    }()

    /// 0...1 becomes -1...1.
    init(_ picture: FloatImage) {
        image = picture.tensor.affine(scale: 2, shift: -1).channelsFirst()
    }

    /// The first picture in 0...1.
    var picture: FloatImage { FloatImage(tensor: image.affine(scale: 0.5, shift: 0.5).channelsLast()) }

    /// The first picture in 0...255, rounded to the nearest as diffusers does it.
    var bitmap: Bitmap {
        let (_, _, height, width) = image.shape4
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * height * width)
        for top in stride(from: 0, to: height, by: Self.strip) {
            let strip = ImageArtifact(image.sliced(axis: 2, top..<min(height, top + Self.strip)))
            pixels += Bitmap(strip.picture).pixels
        }
        return Bitmap(width: width, height: height, pixels: pixels)
    }

    /// Rows that become bytes at a time.
    private static let strip = 64

    public var record: Record { Record(kind: Self.kind, blocks: ["image": .init(image)]) }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        image = try record.tensor("image", shape: [nil, 3, nil, nil])
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        switch fileExtension {
        case "png": Array(try bitmap.encodedPNG(metadata: metadata.map { ($0.key, $0.text) }))
        case "jpg", "jpeg": Array(try bitmap.encodedJPEG())
        case "webp": Array(try bitmap.encodedWebP())
        case "safetensors": try safetensors(["image": image])
        case "npy": npy(image)
        default: throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
    }
}

extension FloatImage {
    /// (1, H, W, 3)
    var tensor: Tensor { Tensor(pixels, shape: [1, height, width, 3]) }

    /// The first picture of (B, H, W, 3).
    init(tensor: Tensor) {
        let (_, H, W, C) = tensor.shape4
        self.init(width: W, height: H, pixels: Array(tensor.values.prefix(H * W * C)))
    }
}
