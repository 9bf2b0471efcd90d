import Foundation
import Imaging
import Testing

@Suite struct PNGDecodingTests {
    static let kinds: [(colorType: Int, bitDepth: Int)] = [
        (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16),
        (6, 8), (6, 16),
    ]

    @Test(arguments: kinds, [false, true])
    func everyColorTypeDepthAndInterlace(kind: (colorType: Int, bitDepth: Int), interlaced: Bool) throws {
        var png = PNGWriter(colorType: kind.colorType, bitDepth: kind.bitDepth, interlaced: interlaced)
        if kind.colorType == 3 {
            for i in 0..<1 << kind.bitDepth {
                var entry = [i * 37 % 256, i * 91 % 256, 255 - i % 256]
                if i % 3 == 0 { entry.append(i * 53 % 256) }
                png.palette.append(entry.map { UInt8($0) })
            }
        }
        let decoded = try Bitmap.decode(png.file(), name: "test.png")
        expectClose(decoded, expected(png), tolerance: kind.bitDepth == 16 ? 1 : 0)
    }

    /// What the samples mean, on white.
    private func expected(_ png: PNGWriter) -> Bitmap {
        var picture = Bitmap(width: png.width, height: png.height)
        let top = Double((1 << png.bitDepth) - 1)
        for y in 0..<png.height {
            for x in 0..<png.width {
                func value(_ channel: Int) -> Double { Double(png.sample(x, y, channel)) / top * 255 }
                var (rgb, alpha): ([Double], Double) = ([], 255)
                switch png.colorType {
                case 0: rgb = [value(0), value(0), value(0)]
                case 2: rgb = [value(0), value(1), value(2)]
                case 3:
                    let entry = png.palette[png.sample(x, y, 0)].map(Double.init)
                    (rgb, alpha) = (Array(entry.prefix(3)), entry.count > 3 ? entry[3] : 255)
                case 4: (rgb, alpha) = ([value(0), value(0), value(0)], value(1))
                default: (rgb, alpha) = ([value(0), value(1), value(2)], value(3))
                }
                let onWhite = rgb.map { color -> UInt8 in UInt8((color * alpha / 255 + 255 - alpha).rounded()) }
                picture[x, y] = RGB(onWhite[0], onWhite[1], onWhite[2])
            }
        }
        return picture
    }

    @Test func gammaAndProfileChunksChangeNothing() throws {
        let plain = PNGWriter()
        var tagged = plain
        tagged.extraChunks = [
            ("gAMA", PNGWriter.big(100_000)), ("cHRM", (0..<8).flatMap { PNGWriter.big(31_270 + $0 * 1000) }),
            ("iCCP", Array("x\0\0not a profile".utf8)), ("zTXt", Array("k\0\0not deflate".utf8)),
        ]
        #expect(try Bitmap.decode(tagged.file(), name: "a") == Bitmap.decode(plain.file(), name: "b"))
        var sixteen = PNGWriter(bitDepth: 16)
        let before = try Bitmap.decode(sixteen.file(), name: "a")
        sixteen.extraChunks = [("gAMA", PNGWriter.big(45_455))]
        #expect(try Bitmap.decode(sixteen.file(), name: "a") == before)
    }

    @Test func transparentGreyFromTRNS() throws {
        var png = PNGWriter(colorType: 0, bitDepth: 8)
        let hidden = png.sample(3, 2, 0)
        png.extraChunks = [("tRNS", [0, UInt8(hidden)])]
        let decoded = try Bitmap.decode(png.file(), name: "test.png")
        #expect(decoded[3, 2] == .white)
        #expect(decoded[0, 0] == RGB(0, 0, 0))
    }

    @Test(arguments: [(100, 100), (1, 1001), (1001, 1), (0, 5)])
    func largeOrEmptyHeadersAreRefusedAtOnce(width: Int, height: Int) throws {
        var bytes = [UInt8](PNGWriter().file())
        let header = PNGWriter.chunk("IHDR", PNGWriter.big(width) + PNGWriter.big(height) + [8, 2, 0, 0, 0])
        bytes.replaceSubrange(8..<33, with: header)
        let expected: ImageError =
            width == 0
            ? .damaged(name: "big.png", format: .png, detail: "its header says 0x5 pixels")
            : .tooManyPixels(name: "big.png", width: width, height: height, limit: 1000)
        #expect(throws: expected) {
            try Bitmap.decode(Data(bytes), name: "big.png", limits: DecodeLimits(pixels: 1000))
        }
    }

    @Test func errorsNameFileReasonAndWayOut() {
        let message = ImageError.tooManyPixels(name: "a.png", width: 65500, height: 65500, limit: 50_000_000)
            .description
        #expect(message == "a.png: 65500x65500 pixels is over the limit of 50 Mpx; scale it down first")
    }

    @Test func metadataComesBackInOrder() throws {
        let pairs = [("recipe", "name: ünïcode 面\nsecond line"), ("seed", "42"), ("seed", "43"), ("empty", "")]
        let data = try testPicture().encodedPNG(metadata: pairs.map { (key: $0.0, value: $0.1) })
        let read = PNGMetadata.read(from: data)
        #expect(read.map(\.key) == pairs.map(\.0))
        #expect(read.map(\.value) == pairs.map(\.1))
        #expect(try Bitmap.decode(data, name: "x") == testPicture())
        #expect(PNGMetadata.read(from: try testPicture().encodedPNG()).isEmpty)
    }

    @Test func metadataReadsLatin1AndSkipsDamage() throws {
        var png = PNGWriter()
        png.extraChunks = [
            ("tEXt", Array("Author\0".utf8) + [0xFC]), ("tEXt", Array("no separator".utf8)),
            ("iTXt", Array("short\0".utf8)),
            ("iTXt", Array("k\0\u{1}\0\0\0compressed".utf8)), ("iTXt", Array("bad\0\0\0\0\0".utf8) + [0xFF, 0xFE]),
            ("iTXt", Array("good\0\0\0de\0gut\0ja".utf8)),
        ]
        var bytes = [UInt8](png.file())
        #expect(PNGMetadata.read(from: Data(bytes)).map { "\($0.key)=\($0.value)" } == ["Author=ü", "good=ja"])
        bytes[33 + 8] ^= 1  // the first text's key: its checksum is wrong now
        #expect(PNGMetadata.read(from: Data(bytes)).map(\.key) == ["good"])
        for length in 0..<bytes.count { _ = PNGMetadata.read(from: Data(bytes.prefix(length))) }
    }

    @Test(arguments: ["", " a", "a ", "a  b", "tab\t", String(repeating: "k", count: 80), "面"])
    func badMetadataKeysAreRefused(key: String) {
        #expect(throws: ImageError.self) { try testPicture().encodedPNG(metadata: [(key: key, value: "v")]) }
    }
}
