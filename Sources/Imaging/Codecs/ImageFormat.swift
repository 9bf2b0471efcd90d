/// What a file's first bytes say it is, whatever its name says.
public enum ImageFormat: String, Equatable, Sendable {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WebP"

    /// The format of `bytes`, or nil if it is none that this library reads.
    init?(sniffing bytes: [UInt8]) {
        if bytes.starts(with: PNGSignature.bytes) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
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
    (4, Array("ftypavi".utf8), "an AVIF"),
    (4, Array("ftyphei".utf8), "a HEIC, as phones make them"),
    (4, Array("ftypmif1".utf8), "a HEIF, as phones make them"),
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
