import Foundation
import Imaging
import Testing

/// The tensors of a file in Goldens, which a script under scripts/goldens wrote.
struct Goldens {
    private let file: Data
    private let header: [String: Any]

    init(_ name: String = "imaging.safetensors") throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        file = try Data(contentsOf: folder.appendingPathComponent("Goldens/\(name)"))
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try #require(JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any])
    }

    func bytes(_ name: String) throws -> Data {
        let entry = try #require(header[name] as? [String: Any], "no golden \(name)")
        let offsets = try #require(entry["data_offsets"] as? [Int])
        let start = 8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return Data(file[start + offsets[0]..<start + offsets[1]])
    }

    func shape(_ name: String) throws -> [Int] {
        try #require((header[name] as? [String: Any])?["shape"] as? [Int])
    }

    func floats(_ name: String) throws -> [Float] {
        try bytes(name).withUnsafeBytes { raw in
            (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    func doubles(_ name: String) throws -> [Double] {
        try bytes(name).withUnsafeBytes { raw in
            (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
    }

    /// A (height, width, 3) tensor of floats.
    func image(_ name: String) throws -> FloatImage {
        let shape = try shape(name)
        return FloatImage(width: shape[1], height: shape[0], pixels: try floats(name))
    }

    /// One of the pictures of an (n, height, width, 3) tensor of bytes.
    func bitmap(_ name: String, at index: Int) throws -> Bitmap {
        let shape = try shape(name)
        let size = shape[1] * shape[2] * 3
        let bytes = [UInt8](try bytes(name)[(index * size)..<((index + 1) * size)])
        return Bitmap(width: shape[2], height: shape[1], pixels: bytes)
    }

    /// A (height, width, 3) tensor of bytes.
    func bitmap(_ name: String) throws -> Bitmap {
        let shape = try shape(name)
        return Bitmap(width: shape[1], height: shape[0], pixels: [UInt8](try bytes(name)))
    }
}

/// Whole pictures agree within `tolerance` (grey levels of 255), or the worst pixel is named.
func expectClose(
    _ actual: Bitmap,
    _ expected: Bitmap,
    tolerance: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.width == expected.width, actual.height == expected.height else {
        Issue.record(
            "\(actual.width)x\(actual.height) instead of \(expected.width)x\(expected.height)",
            sourceLocation: sourceLocation
        )
        return
    }
    let worst = zip(actual.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.enumerated().max {
        $0.element < $1.element
    }
    guard let worst, worst.element > tolerance else { return }
    let (index, channel) = (worst.offset / 3, worst.offset % 3)
    Issue.record(
        """
        off by \(worst.element) at x \(index % actual.width), y \(index / actual.width), channel \(channel): \
        \(actual.pixels[worst.offset]) instead of \(expected.pixels[worst.offset])
        """,
        sourceLocation: sourceLocation
    )
}

/// Whole pictures agree within `tolerance` (0...1), or the worst value is named.
func expectClose(
    _ actual: FloatImage,
    _ expected: FloatImage,
    tolerance: Float,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.width == expected.width, actual.height == expected.height else {
        Issue.record(
            "\(actual.width)x\(actual.height) instead of \(expected.width)x\(expected.height)",
            sourceLocation: sourceLocation
        )
        return
    }
    let worst = zip(actual.pixels, expected.pixels).map { abs($0 - $1) }.enumerated().max { $0.element < $1.element }
    guard let worst, !(worst.element <= tolerance) else { return }
    let index = worst.offset / 3
    Issue.record(
        """
        off by \(worst.element) at x \(index % actual.width), y \(index / actual.width), channel \(worst.offset % 3): \
        \(actual.pixels[worst.offset]) instead of \(expected.pixels[worst.offset])
        """,
        sourceLocation: sourceLocation
    )
}

/// A small picture with slow waves and an edge.
func testPicture(width: Int = 19, height: Int = 14) -> Bitmap {
    var picture = Bitmap(width: width, height: height)
    for y in 0..<height {
        for x in 0..<width {
            let edge = x > width / 2 ? 80 : 0
            picture[x, y] = RGB(UInt8((x * 9 + edge) % 256), UInt8((y * 13 + x * 3) % 256), UInt8((x * y + edge) % 256))
        }
    }
    return picture
}
