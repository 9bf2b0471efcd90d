import Foundation
import Graph
import Imaging
import Tensors

/// A picture: (B, 3, H, W) in -1...1. What is made of bytes (photographs, sheets) stays bytes, 3 a pixel, until it is asked
/// for as numbers, 12 a pixel; both at rest and in memory.
public struct ImageArtifact: VisibleArtifact {
    public static let kind = "image"
    public static let extensions = ["png", "jpg", "jpeg", "webp", "safetensors", "npy"]
    public static let loader: String? = "load_image"

    private enum Pixels {
        case numbers(Tensor)
        case bytes(Bitmap)
    }

    private let pixels: Pixels

    public init(_ image: Tensor) { pixels = .numbers(image) }

    /// 0...255 stands for -1...1.
    init(_ bitmap: Bitmap) { pixels = .bytes(bitmap) }

    /// (B, 3, H, W); made anew each time of a picture of bytes.
    public var image: Tensor {
        switch pixels {
        case .numbers(let image): image
        case .bytes(let bitmap): Self.numbers(of: bitmap)
        }
    }

    /// In pixels.
    var size: (width: Int, height: Int) {
        switch pixels {
        case .numbers(let image): (image.shape[3], image.shape[2])
        case .bytes(let bitmap): (bitmap.width, bitmap.height)
        }
    }

    /// Nothing as large is made on the way: photographs take hundreds of megabytes as floats.
    private static func numbers(of bitmap: Bitmap) -> Tensor {
        let count = bitmap.width * bitmap.height
        let floats = Bytes(count: 12 * count) { bytes in
            let planes = bytes.assumingMemoryBound(to: Float.self)
            bitmap.pixels.withUnsafeBufferPointer { pixels in
                for i in 0..<count {
                    for channel in 0..<3 { planes[channel * count + i] = levels[Int(pixels[3 * i + channel])] }
                }
            }
        }
        return Tensor(borrowing: floats.memory, shape: [1, 3, bitmap.height, bitmap.width], owner: floats.owner)
    }

    /// What each byte becomes.
    private static let levels: [Float] = {
        let bytes = Bitmap(width: 256, height: 1, pixels: (0..<768).map { UInt8($0 / 3) })
        return Array(ImageArtifact(FloatImage(bytes)).image.values.prefix(256))
    }()

    /// 0...1 becomes -1...1.
    init(_ picture: FloatImage) {
        self.init(picture.tensor.affine(scale: 2, shift: -1).channelsFirst())
    }

    /// The first picture in 0...1.
    var picture: FloatImage { FloatImage(tensor: image.affine(scale: 0.5, shift: 0.5).channelsLast()) }

    /// The first picture in 0...255, rounded to the nearest as diffusers does it.
    var bitmap: Bitmap {
        if case .bytes(let bitmap) = pixels { return bitmap }
        let image = image
        let (width, height) = size
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

    /// `image` as (B, 3, H, W) of 32-bit numbers or (H, W, 3) of bytes.
    public var record: ArtifactRecord {
        switch pixels {
        case .numbers(let image): ArtifactRecord(kind: Self.kind, blocks: ["image": .init(image)])
        case .bytes(let bitmap):
            ArtifactRecord(
                kind: Self.kind,
                blocks: [
                    "image": .init(element: .uint8, shape: [bitmap.height, bitmap.width, 3], bytes: bitmap.pixels)
                ]
            )
        }
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        if let block = record.blocks["image"], block.element == .uint8 {
            guard block.shape.count == 3, block.shape[2] == 3, block.bytes.count > 0 else {
                throw ArtifactError.damaged(kind: Self.kind, reason: "image has another shape")
            }
            self.init(Bitmap(width: block.shape[1], height: block.shape[0], pixels: Array(block.bytes)))
        } else {
            self.init(try record.tensor("image", shape: [nil, 3, nil, nil]))
        }
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        let texts = metadata.map { (key: $0.key, value: $0.text) }
        return switch fileExtension {
        case "png": Array(try bitmap.encodedPNG(metadata: texts))
        case "jpg", "jpeg": Array(try bitmap.encodedJPEG(metadata: texts))
        case "webp": Array(try bitmap.encodedWebP(metadata: texts))
        case "safetensors": try safetensors(["image": image])
        case "npy": npy(image)
        default: throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
    }

    public func previews() throws -> [Preview] { [Preview("", png: Array(try bitmap.encodedPNG()))] }
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
