import Foundation
import Imaging
import Testing

/// Photos as printers and phones store them, beside Pillow and pillow-heif.
@Suite struct PhotoFormatTests {
    let goldens: Goldens

    init() throws { goldens = try Goldens("photos.safetensors") }

    /// In inks, with Adobe's inversion; without a colour profile.
    @Test(arguments: ["cmyk.jpeg", "ycck.jpeg", "progressive_cmyk.jpeg"]) func inks(_ name: String) throws {
        let decoded = try Bitmap.decode(goldens.bytes("file.\(name)"), name: name)
        expectClose(decoded, try goldens.bitmap("pixels.\(name)"), tolerance: 1)
    }

    /// What libraries differ in is how colours that are stored in half the resolution are made full.
    @Test(
        .enabled(if: HEIFLibrary.installed != nil, "libheif is not installed"),
        arguments: [
            ("full.avif", 2), ("plain.avif", 8), ("grey.avif", 2), ("turned.avif", 2), ("alpha.avif", 2),
            ("full.heic", 2), ("plain.heic", 8), ("turned.heic", 2), ("deep.heic", 2),
        ]
    )
    func phones(_ name: String, tolerance: Int) throws {
        let data = try goldens.bytes("file.\(name)")
        let decoded = try Bitmap.decode(data, name: name)
        expectClose(decoded, try goldens.bitmap("pixels.\(name)"), tolerance: tolerance)
        let (width, height) = (decoded.width, decoded.height)
        let size = PictureHeader.size(of: [UInt8](data))
        #expect(size.map { [$0.width, $0.height] } == [width, height])
        #expect(throws: ImageError.tooManyPixels(name: name, width: width, height: height, limit: 900)) {
            try Bitmap.decode(data, name: name, limits: DecodeLimits(pixels: 900))
        }
    }

    @Test(
        .enabled(if: HEIFLibrary.installed != nil, "libheif is not installed"),
        arguments: ["full.avif", "full.heic"]
    )
    func cutShort(_ name: String) throws {
        let data = try goldens.bytes("file.\(name)")
        for count in [24, data.count / 3, data.count / 2, data.count - 40] {
            #expect(throws: ImageError.self, "\(count) bytes") {
                try Bitmap.decode(data.prefix(count), name: name)
            }
            // A header that is whole may tell a size, and nothing else ends badly.
            if count == 24 { #expect(PictureHeader.size(of: [UInt8](data.prefix(count))) == nil) }
        }
    }

    @Test(.enabled(if: HEIFLibrary.installed == nil, "libheif is installed")) func whatIsMissingIsNamed() throws {
        #expect(throws: ImageError.self) { try Bitmap.decode(goldens.bytes("file.full.heic"), name: "f") }
    }

    /// Videos are of the same boxes.
    @Test func otherBrands() throws {
        let video = [0, 0, 0, 16] + Array("ftypisom".utf8) + [0, 0, 0, 0]
        #expect(
            throws: ImageError.unknownFormat(name: "f", found: "a video")
        ) { try Bitmap.decode(Data(video), name: "f") }
        for size: UInt8 in [0, 8, 15, 255] {
            let short = [0, 0, 0, size] + Array("ftypheic".utf8)
            #expect(throws: ImageError.self) { try Bitmap.decode(Data(short), name: "f") }
        }
    }
}
