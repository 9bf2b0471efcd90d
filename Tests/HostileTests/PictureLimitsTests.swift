import Foundation
import Imaging
import Testing

/// Pictures that hold more than their pixels, or say that they do: only the pixels are unpacked, and not too many.
@Suite struct PictureLimitsTests {
    /// Compressed data of 100 kB behind a header of 8x8 pixels: the picture is what the header says, the rest is left.
    @Test func compressedDataBeyondItsHeader() throws {
        let pixels = (1...192).map { UInt8($0) }
        let rows = stride(from: 0, to: 192, by: 24).flatMap { [0] + pixels[$0..<$0 + 24] }
        let png = PNGBytes.file(width: 8, height: 8, chunks: [("IDAT", PNGBytes.zeros(count: 100_000, after: rows))])
        #expect(try Bitmap.decode(png, name: "long.png").pixels == pixels)
    }

    /// The same of a JPEG: 100 kB more in its scan.
    @Test func scanBeyondItsHeader() throws {
        let whole = try DamagedPictureTests.picture("exif6.jpeg")
        let long = Data(whole.dropLast(2) + Array(repeating: 0x55, count: 100_000) + whole.suffix(2))
        #expect(try Bitmap.decode(long, name: "long.jpg") == Bitmap.decode(Data(whole), name: "whole.jpg"))
    }

    /// The same of a WebP, lossy and lossless: 100 kB more in the chunk of its pixels.
    @Test(arguments: ["lossy.webp", "alpha.webp"]) func pixelsBeyondTheirHeader(_ name: String) throws {
        let whole = try DamagedPictureTests.picture(name)
        #expect(whole[12..<15].elementsEqual("VP8".utf8))
        var long = whole + Array(repeating: 0x55, count: 100_000)
        for field in [4, 16] {
            let length = long.count - field - 4
            long.replaceSubrange(field..<field + 4, with: PNGBytes.big(length).reversed())
        }
        #expect(try Bitmap.decode(Data(long), name: "long.webp") == Bitmap.decode(Data(whole), name: name))
    }

    /// Compressed profiles and texts are not unpacked, however small they are.
    @Test(arguments: ["iCCP", "zTXt", "iTXt"]) func compressedTexts(_ kind: String) throws {
        let start: [UInt8] = kind == "iTXt" ? Array("key\0\u{1}\0\0\0".utf8) : Array("key\0\0".utf8)
        let text = (kind, start + PNGBytes.zeros(count: 100))
        let pixels = ("IDAT", PNGBytes.zeros(count: 8 * 25))
        let png = PNGBytes.file(width: 8, height: 8, chunks: [text, pixels])
        #expect(try Bitmap.decode(png, name: "text.png").width == 8)
        #expect(PNGMetadata.read(from: png).isEmpty)
    }

    /// libpng refuses a picture with more than a thousand of them.
    @Test func chunksByTheThousand() throws {
        let many = Array(repeating: ("tEXt", [UInt8]("k\0v".utf8)), count: 2000)
        let png = PNGBytes.file(width: 8, height: 8, chunks: many + [("IDAT", PNGBytes.zeros(count: 8 * 25))])
        #expect(try Bitmap.decode(png, name: "many.png").width == 8)
        #expect(PNGMetadata.read(from: png).count == 2000)
    }

    @Test(arguments: [0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fff4]) func chunksLongerThanTheFile(_ length: Int) {
        var bytes = [UInt8](PNGBytes.file(width: 8, height: 8, chunks: [("IDAT", PNGBytes.zeros(count: 8 * 25))]))
        bytes.replaceSubrange(33..<37, with: PNGBytes.big(length))
        #expect(throws: ImageError.truncated(name: "long.png", format: .png)) {
            try Bitmap.decode(Data(bytes), name: "long.png")
        }
    }

    /// A progressive JPEG whose last scan comes once more often than libjpeg-turbo is told to accept.
    @Test func scansByTheHundred() throws {
        let whole = try DamagedPictureTests.picture("progressive.jpeg")
        let scan = try #require(
            zip(whole, whole.dropFirst()).enumerated().reversed().first { $1 == (0xFF, 0xDA) }?.offset
        )
        let scans = Array(repeating: whole[scan..<whole.count - 2], count: 501).joined()
        let long = Data(whole[..<scan] + scans + [0xFF, 0xD9])
        #expect(throws: ImageError.self) { try Bitmap.decode(long, name: "scans.jpg") }
    }

    /// 64 x 48 pixels in 30 bytes: the header's size is judged before the pixels are looked for.
    @Test func largeWebPHeader() throws {
        let bits: UInt32 = 63 | 47 << 14
        let lossless: [UInt8] = [0x2f] + (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } + [0, 0, 0]
        let webp = Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WEBPVP8L".utf8) + [8, 0, 0, 0] + lossless
        #expect(throws: ImageError.tooManyPixels(name: "big.webp", width: 64, height: 48, limit: 3071)) {
            try Bitmap.decode(Data(webp), name: "big.webp", limits: DecodeLimits(pixels: 3071))
        }
    }

    /// An EXIF directory that claims more entries than it has.
    @Test func shortExif() throws {
        let directory = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 255, 255] + Array(repeating: 0, count: 60)
        let png = PNGBytes.file(
            width: 8,
            height: 8,
            chunks: [("eXIf", directory), ("eXIf", directory), ("IDAT", PNGBytes.zeros(count: 8 * 25))]
        )
        #expect(try Bitmap.decode(png, name: "exif.png").width == 8)
    }
}

/// PNGs by hand.
private enum PNGBytes {
    /// An RGB picture.
    static func file(width: Int, height: Int, chunks: [(String, [UInt8])]) -> Data {
        let header = ("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0])
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return Data(signature + ([header] + chunks + [("IEND", [])]).flatMap { chunk($0, $1) })
    }

    static func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return big(data.count) + body + big(Int(checksum(body)))
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// A zlib stream of zeros, of 13 bits for each 258 (RFC 1951, 3.2.6): a literal, then copies of the longest kind.
    ///
    /// - Parameter start: what comes before them, stored as it is
    static func zeros(count: Int, after start: [UInt8] = []) -> [UInt8] {
        var (bytes, bits, length): ([UInt8], UInt32, UInt32) = ([0x78, 0x01], 0, 0)
        let stored = [UInt8(start.count & 255), UInt8(start.count >> 8)]
        bytes += [0] + stored + stored.map { ~$0 } + start
        /// The low `width` bits, the lowest first.
        func put(_ value: UInt32, _ width: UInt32) {
            bits |= value << length
            length += width
            while length >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                length -= 8
            }
        }
        put(0b011, 3)  // the last block, fixed codes
        put(0b0000_1100, 8)  // the literal 0: code 00110000, its highest bit first
        var rest = count - 1
        while rest >= 258 {
            put(0b1010_0011, 8)  // length 258: code 11000101
            put(0, 5)  // distance 1
            rest -= 258
        }
        for _ in 0..<rest { put(0b0000_1100, 8) }
        put(0, 7)  // the block's end
        if length > 0 { put(0, 8 - length) }
        // Adler-32.
        var (sum, sums) = (1, 0)
        for byte in start + Array(repeating: 0, count: count) {
            sum = (sum + Int(byte)) % 65521
            sums = (sums + sum) % 65521
        }
        return bytes + big(sums << 16 | sum)
    }
}
