import Foundation
import Imaging
import Testing

@Suite struct DecodingTests {
    let goldens: Goldens

    init() throws { goldens = try Goldens() }

    @Test(arguments: 1...8, ["jpeg", "webp", "png"])
    func everyOrientation(orientation: Int, format: String) throws {
        let name = "exif\(orientation).\(format)"
        let decoded = try Bitmap.decode(goldens.bytes("file.\(name)"), name: name)
        expectClose(decoded, try goldens.bitmap("pixels.\(name)"), tolerance: format == "jpeg" ? 1 : 0)
    }

    @Test(arguments: ["progressive.jpeg", "subsampled.jpeg", "grey.jpeg", "lossy.webp", "alpha.webp", "alpha.png"])
    func readsAsPillowDoes(name: String) throws {
        let decoded = try Bitmap.decode(goldens.bytes("file.\(name)"), name: name)
        expectClose(decoded, try goldens.bitmap("pixels.\(name)"), tolerance: 1)
    }

    /// The size is told without decoding, turned as the pixels will be.
    @Test func headersTellTheSize() throws {
        let turned = (1...8).flatMap { orientation in
            ["jpeg", "webp", "png"].map { "exif\(orientation).\($0)" }
        }
        for name in turned + [
            "progressive.jpeg", "subsampled.jpeg", "grey.jpeg", "lossy.webp", "alpha.webp", "alpha.png",
        ] {
            let bytes = [UInt8](try goldens.bytes("file.\(name)"))
            let picture = try goldens.bitmap("pixels.\(name)")
            let size = PictureHeader.size(of: bytes)
            #expect(size.map { [$0.width, $0.height] } == [picture.width, picture.height], "\(name)")
            // Nothing is told of a file that ends too early, or of one that is none.
            for length in 0..<min(bytes.count, 400) { _ = PictureHeader.size(of: Array(bytes.prefix(length))) }
            #expect(PictureHeader.size(of: Array(bytes.prefix(20))) == nil)
        }
        #expect(PictureHeader.size(path: "/nowhere.png") == nil)
        let animated = [UInt8](try goldens.bytes("file.animated.webp"))
        #expect(PictureHeader.size(of: animated) == nil)
    }

    @Test func whatItCannotReadIsNamed() throws {
        func message(_ data: Data, _ limits: DecodeLimits = .standard) -> String {
            do {
                _ = try Bitmap.decode(data, name: "f", limits: limits)
                return "decoded"
            } catch {
                return "\(error)"
            }
        }
        #expect(message(Data()) == "f: the file is empty; was it written or downloaded completely?")
        #expect(message(try goldens.bytes("file.picture.gif")) == "f: this is a GIF; convert it to PNG, JPEG or WebP")
        #expect(
            message(try goldens.bytes("file.animated.webp"))
                == "f: this WebP is an animation; save one frame of it as a picture"
        )
        #expect(message(Data("hello".utf8)) == "f: this is text; convert it to PNG, JPEG or WebP")
        #expect(
            message(Data([0, 1, 2, 3]))
                == "f: this is no kind of picture this program knows; convert it to PNG, JPEG or WebP"
        )
        let jpeg = try goldens.bytes("file.grey.jpeg")
        let padded = jpeg + Data(count: 1 << 20)
        #expect(
            message(padded, DecodeLimits(bytes: 1 << 20))
                == "f: \(padded.count) bytes is over the limit of 1 MiB; save it smaller"
        )
        for name in ["grey.jpeg", "lossy.webp", "alpha.webp", "alpha.png"] {
            #expect(
                message(try goldens.bytes("file.\(name)"), DecodeLimits(pixels: 239))
                    == "f: 20x12 pixels is over the limit of 239 pixels; scale it down first"
            )
        }
    }

    /// A JPEG's frame header may claim any size in a file of a few hundred bytes.
    @Test func largeJPEGHeaderIsRefused() throws {
        var bytes = [UInt8](try goldens.bytes("file.subsampled.jpeg"))
        let frame = try #require(zip(bytes, bytes.dropFirst()).enumerated().first { $1 == (0xFF, 0xC0) }?.offset)
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0, 200, 0, 100])
        #expect(throws: ImageError.tooManyPixels(name: "f", width: 100, height: 200, limit: 19_999)) {
            try Bitmap.decode(Data(bytes), name: "f", limits: DecodeLimits(pixels: 19_999))
        }
    }

    @Test(arguments: [
        "exif6.jpeg", "progressive.jpeg", "lossy.webp", "exif6.webp", "alpha.webp", "alpha.png", "exif6.png",
    ])
    func everyTruncationIsAnError(name: String) throws {
        let data = try goldens.bytes("file.\(name)")
        for length in 0..<data.count {
            #expect(throws: ImageError.self, "\(length) of \(data.count) bytes") {
                try Bitmap.decode(data.prefix(length), name: name)
            }
        }
        #expect(throws: ImageError.truncated(name: name, format: try #require(format(name)))) {
            try Bitmap.decode(data.prefix(data.count * 3 / 4), name: name)
        }
    }

    /// Cameras leave stray bytes before the end marker; that loses nothing. Before a missing end marker, it hides a
    /// loss.
    @Test func strayBytesInAJPEGAreHarmless() throws {
        let data = try goldens.bytes("file.subsampled.jpeg")
        let intact = try Bitmap.decode(data, name: "f")
        let padded = data.dropLast(2) + Data([1, 2, 3, 4, 5, 6, 7, 8]) + data.suffix(2)
        #expect(try Bitmap.decode(padded, name: "f") == intact)
        #expect(throws: ImageError.truncated(name: "f", format: .jpeg)) {
            try Bitmap.decode(padded.dropLast(2), name: "f")
        }
    }

    private func format(_ name: String) -> ImageFormat? {
        name.hasSuffix("jpeg") ? .jpeg : name.hasSuffix("png") ? .png : .webp
    }

    /// One bit wrong anywhere: an error or a picture, and for PNG, whose chunks have checksums, never another picture.
    @Test(arguments: ["exif6.jpeg", "progressive.jpeg", "lossy.webp", "exif6.webp", "alpha.png"])
    func flippedBitsNeverCrash(name: String) throws {
        let data = try goldens.bytes("file.\(name)")
        let intact = try Bitmap.decode(data, name: name)
        var outcomes = (errors: 0, pictures: 0)
        for index in data.indices {
            var damaged = data
            damaged[index] ^= 1 << UInt8(index % 8)
            do {
                let picture = try Bitmap.decode(damaged, name: name, limits: DecodeLimits(pixels: 100_000))
                outcomes.pictures += 1
                if name.hasSuffix("png") { #expect(picture == intact, "bit \(index % 8) of byte \(index)") }
            } catch is ImageError {
                outcomes.errors += 1
            }
        }
        #expect(outcomes.errors > 0)
    }

    @Test func wildExifIsIgnored() throws {
        let plain = try goldens.bitmap("pixels.exif1.png")
        // Big-endian, orientation 3; a directory beyond the end; a directory offset near 2^32; an unknown value;
        // rubbish.
        let valid: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0]
        let wild: [[UInt8]] = [
            Array("II".utf8) + [42, 0, 8, 0, 0, 0, 255, 255], Array("MM".utf8) + [0, 42, 255, 255, 255, 255],
            Array(valid.dropLast(4)) + [0, 9, 0, 0], [], [0x4D], Array("Exif".utf8),
        ]
        func decode(_ exif: [UInt8]) throws -> Bitmap {
            let png = [UInt8](try plain.encodedPNG())
            return try Bitmap.decode(Data(png[..<33] + PNGWriter.chunk("eXIf", exif) + png[33...]), name: "f")
        }
        for exif in wild { #expect(try decode(exif) == plain) }
        let turned = try decode(valid)
        #expect(turned[0, 0] == plain[plain.width - 1, plain.height - 1])
    }

    @Test func readsOnlyRegularFiles() throws {
        #expect(throws: ImageError.unreadable(name: "/", reason: "it is not a regular file")) {
            try Bitmap.read(path: "/")
        }
        #expect(throws: ImageError.unreadable(name: "/no/such", reason: "No such file or directory")) {
            try Bitmap.read(path: "/no/such")
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("imaging-\(UUID().uuidString).png")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try testPicture().encodedPNG().write(to: URL(fileURLWithPath: path))
        #expect(try Bitmap.read(path: path) == testPicture())
    }
}

@Suite struct EncodingTests {
    @Test(arguments: [(1, 1), (19, 14), (3, 200)])
    func losslessRoundTrips(width: Int, height: Int) throws {
        let picture = testPicture(width: width, height: height)
        #expect(try Bitmap.decode(picture.encodedPNG(), name: "png") == picture)
        #expect(try Bitmap.decode(picture.encodedWebP(), name: "webp") == picture)
        #expect(try picture.encodedPNG() == picture.encodedPNG())
    }

    @Test func jpegRoundTripIsClose() throws {
        let picture = Bitmap(FloatImage(testPicture()).resized(width: 80, height: 60, by: .bilinear))
        let decoded = try Bitmap.decode(picture.encodedJPEG(), name: "jpeg")
        let differences = try PixelDifferences(between: picture, and: decoded)
        #expect(differences.psnr > 36)
        #expect(try picture.encodedJPEG(quality: 20).count < picture.encodedJPEG().count / 2)
    }

    @Test func tooLargeForTheFormatIsAnError() {
        let long = Bitmap(width: 65501, height: 1)
        #expect(throws: ImageError.self) { try long.encodedJPEG() }
        #expect(throws: ImageError.self) { try long.encodedWebP() }
        #expect(throws: Never.self) { try long.encodedPNG() }
    }
}
