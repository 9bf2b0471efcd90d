import Checkpoints
import Foundation
import Imaging
import Testing

/// Pictures with lost, repeated and altered parts: an error that names the file, or a picture within the limits.
@Suite struct DamagedPictureTests {
    static let names = [
        "exif6.jpeg", "progressive.jpeg", "subsampled.jpeg", "grey.jpeg", "cmyk.jpeg", "lossy.webp", "exif6.webp",
        "alpha.webp", "animated.webp", "alpha.png", "exif6.png",
    ]

    @Test(arguments: names) func pictures(_ name: String) throws {
        var outcomes = (read: 0, refused: 0)
        for bytes in Damage(whole: try Self.picture(name), copies: 400, seed: 61) {
            do {
                let picture = try Bitmap.decode(Data(bytes), name: name, limits: DecodeLimits(pixels: 1 << 20))
                #expect(picture.width * picture.height <= 1 << 20)
                #expect(picture.pixels.count == 3 * picture.width * picture.height)
                outcomes.read += 1
            } catch let error as ImageError {
                #expect("\(error)".hasPrefix("\(name): "))
                outcomes.refused += 1
            }
            for text in PNGMetadata.read(from: Data(bytes)) { #expect(!text.key.isEmpty) }
        }
        #expect(outcomes.refused > 50, "\(outcomes)")
    }

    static func picture(_ name: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let goldens = try SafetensorsFile(path: tests.path + "/ImagingTests/Goldens/imaging.safetensors")
        return try goldens.integers("file.\(name)").map { UInt8($0) }
    }
}
