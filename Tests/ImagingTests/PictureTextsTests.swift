import Foundation
import Imaging
import Testing

/// Texts in PNG, JPEG and WebP.
struct PictureTextsTests {
    private let bitmap = Bitmap(width: 17, height: 9, pixels: (0..<459).map { UInt8($0 % 251) })
    private let texts = [(key: "pulid-run.a", value: "é 😀 \"quoted\"\n"), (key: "pulid-run.b", value: "{\"x\": 1}")]

    private func isSame(_ found: [(key: String, value: String)]) -> Bool {
        found.map(\.key) == texts.map(\.key) && found.map(\.value) == texts.map(\.value)
    }

    @Test func eachFormatKeepsThem() throws {
        let png = try bitmap.encodedPNG(metadata: texts)
        let jpeg = try bitmap.encodedJPEG(metadata: texts)
        let webp = try bitmap.encodedWebP(metadata: texts)
        for file in [png, jpeg, webp] {
            #expect(isSame(PictureTexts.read(from: file)), "\(PictureTexts.read(from: file))")
        }
        // The picture is what it is without them.
        #expect(try Bitmap.decode(webp, name: "a.webp") == bitmap)
        #expect(
            try Bitmap.decode(jpeg, name: "a.jpg")
                == Bitmap.decode(bitmap.encodedJPEG(), name: "a.jpg")
        )
        #expect(try PictureTexts.read(from: bitmap.encodedJPEG()).isEmpty)
    }

    @Test func whatIsTooLongForJPEGIsLeftOut() throws {
        let long = texts + [(key: "pulid-run.c", value: String(repeating: "x", count: 70_000))]
        #expect(isSame(PictureTexts.read(from: try bitmap.encodedJPEG(metadata: long))))
        #expect(PictureTexts.read(from: try bitmap.encodedWebP(metadata: long)).count == 3)
    }

    /// Cut short or with any byte changed: texts or none, never a crash.
    @Test func damagedFiles() throws {
        for file in [try bitmap.encodedJPEG(metadata: texts), try bitmap.encodedWebP(metadata: texts)] {
            for length in 0..<min(file.count, 700) { _ = PictureTexts.read(from: file.prefix(length)) }
            for place in 0..<min(file.count, 700) {
                for value in [UInt8(0), 0x7F, 0xFF] {
                    var changed = file
                    changed[place] = value
                    _ = PictureTexts.read(from: changed)
                }
            }
        }
    }

    /// As A1111's web UI writes a JPEG: UTF-16 in the user comment.
    @Test func commentsOfOthers() throws {
        func big(_ value: Int, _ bytes: Int) -> [UInt8] {
            (0..<bytes).reversed().map { UInt8(value >> (8 * $0) & 255) }
        }
        let text = "a café\nSteps: 20, Seed: 1".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let comment = Array("UNICODE\0".utf8) + text
        let ifd = big(1, 2) + big(0x8769, 2) + big(4, 2) + big(1, 4) + big(26, 4) + big(0, 4)
        let inner = big(1, 2) + big(0x9286, 2) + big(7, 2) + big(comment.count, 4) + big(44, 4) + big(0, 4)
        let exif = Array("Exif\0\0MM".utf8) + big(42, 2) + big(8, 4) + ifd + inner + comment
        let plain = [UInt8](try bitmap.encodedJPEG())
        let file = plain[..<2] + [0xFF, 0xE1] + big(exif.count + 2, 2) + exif + plain[2...]
        let found = PictureTexts.read(from: Data(file))
        #expect(found.map(\.key) == ["comment"] && found.map(\.value) == ["a café\nSteps: 20, Seed: 1"], "\(found)")
    }
}
