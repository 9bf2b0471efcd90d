import Foundation

/// Texts that a picture carries beside its pixels: PNG in chunks of their own, JPEG and WebP in EXIF data, where a user
/// comment holds all of ours as one JSON object, in ASCII.
public enum PictureTexts {
    /// More than any program writes of a picture.
    private static let most = 32 << 20

    /// The texts of a picture, in the order of the file; none of what is no picture or is damaged. Names of EXIF's fields
    /// are `comment`, `description`, `make` and `model`. Never throws.
    public static func read(from data: Data) -> [(key: String, value: String)] {
        let bytes = [UInt8](data)
        if bytes.starts(with: PNGSignature.bytes) { return PNGMetadata.read(from: data) }
        guard let exif = exif(in: bytes), exif.count <= most else { return [] }
        return EXIFTexts.read(Array(bytes[exif])).flatMap { key, value in
            key == "comment" ? ours(value) ?? [(key, value)] : [(key, value)]
        }
    }

    /// Where the TIFF structure of EXIF data lies.
    private static func exif(in bytes: [UInt8]) -> Range<Int>? {
        if bytes.starts(with: [0xFF, 0xD8]) { return JPEGMarkers(bytes).exif }
        guard bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) else { return nil }
        var offset = 12
        while let length = bytes.uint32(at: offset + 4, littleEndian: true), length <= bytes.count - offset - 8 {
            if bytes.has("EXIF", at: offset) {
                let start = offset + 8 + (bytes.has("Exif\0\0", at: offset + 8) ? 6 : 0)
                return start <= offset + 8 + length ? start..<offset + 8 + length : nil
            }
            offset += 8 + length + length % 2
        }
        return nil
    }

    private static func ours(_ comment: String) -> [(key: String, value: String)]? {
        guard comment.hasPrefix("{\"pulid-run.") else { return nil }
        let object = try? JSONDecoder().decode([String: String].self, from: Data(comment.utf8))
        return object?.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// - Parameter mostBytes: what is longest is left out until the rest fits.
    static func exif(_ texts: [(key: String, value: String)], mostBytes: Int = most) -> [UInt8]? {
        var texts = texts
        while !texts.isEmpty {
            let members = texts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            let data = EXIFTexts.data(comment: "{\(members.joined(separator: ","))}")
            if data.count <= mostBytes { return data }
            let longest = texts.indices.max { texts[$0].value.utf8.count < texts[$1].value.utf8.count }
            texts.remove(at: longest ?? 0)
        }
        return nil
    }

    /// JSON in ASCII.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result + "\""
    }
}
