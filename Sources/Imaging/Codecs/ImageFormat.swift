/// What a file's first bytes say it is, whatever its name says.
public enum ImageFormat: String, Equatable, Sendable {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WebP"
    case avif = "AVIF"
    case heic = "HEIC"

    /// The format of `bytes`, or nil if it is none that this library reads.
    init?(sniffing bytes: [UInt8]) {
        if bytes.starts(with: PNGSignature.bytes) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if let brands = Self.brands(bytes), brands.contains(where: { $0 == "avif" || $0 == "avis" }) {
            self = .avif
        } else if let brands = Self.brands(bytes), brands.contains(where: Self.heifBrands.contains) {
            self = .heic
        } else {
            return nil
        }
    }

    /// Of HEVC pictures, and of pictures that do not say how they are compressed.
    private static let heifBrands: Set<String> = [
        "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1",
    ]

    /// What a file made of boxes (ISO/IEC 14496-12) says that it can be read as; nil for other files.
    private static func brands(_ bytes: [UInt8]) -> [String]? {
        guard bytes.has("ftyp", at: 4), let size = bytes.uint32(at: 0, littleEndian: false), size >= 16 else {
            return nil
        }
        let box = bytes.prefix(min(size, 256)).dropFirst(8)
        // The second word is a version.
        return stride(from: box.startIndex, to: box.endIndex - 3, by: 4).filter { $0 != box.startIndex + 4 }
            .map { String(decoding: box[$0..<$0 + 4], as: UTF8.self) }
    }

    /// A guess at what an unreadable file is, worded to follow "this is ".
    static func description(ofUnreadable bytes: [UInt8]) -> String {
        for (offset, magic, what) in knownFormats where bytes.dropFirst(offset).starts(with: magic) {
            return what
        }
        if bytes.prefix(512).allSatisfy({ $0 == 9 || $0 == 10 || $0 == 13 || (32...126).contains($0) }) {
            return "text"
        }
        return "no kind of picture this program knows"
    }
}

private let knownFormats: [(offset: Int, magic: [UInt8], what: String)] = [
    (0, Array("GIF8".utf8), "a GIF"),
    (0, Array("BM".utf8), "a BMP"),
    (0, [0x49, 0x49, 0x2A, 0x00], "a TIFF or a camera's raw file"),
    (0, [0x4D, 0x4D, 0x00, 0x2A], "a TIFF or a camera's raw file"),
    (4, Array("ftyp".utf8), "a video"),
    (0, [0xFF, 0x0A], "a JPEG XL"),
    (4, Array("JXL ".utf8), "a JPEG XL"),
    (4, Array("jP  ".utf8), "a JPEG 2000"),
    (0, [0x00, 0x00, 0x01, 0x00], "an icon"),
    (0, Array("8BPS".utf8), "a Photoshop document"),
    (0, Array("%PDF".utf8), "a PDF"),
    (0, Array("<svg".utf8), "an SVG drawing"),
    (0, Array("<?xml".utf8), "an XML document"),
    (0, Array("<!DOCTYPE".utf8), "a web page"),
    (0, Array("<html".utf8), "a web page"),
    (0, Array("version https://git-lfs".utf8), "a Git LFS pointer: the real file was not fetched"),
    (0, Array("PK".utf8), "a zip archive"),
]
