import Foundation

/// Text stored in a PNG: pairs of a keyword and a value, in the order of the file.
public enum PNGMetadata {
    /// The texts of a PNG: uncompressed iTXt (UTF-8) and tEXt (Latin-1) chunks with right checksums.
    ///
    /// Anything else gives no pairs: another format, damaged chunks, compressed text (which could be a bomb). Never
    /// throws.
    public static func read(from data: Data) -> [(key: String, value: String)] {
        let bytes = [UInt8](data)
        guard bytes.starts(with: PNGSignature.bytes) else { return [] }
        var pairs: [(key: String, value: String)] = []
        var reader = PNGChunkReader(bytes)
        while let chunk = reader.next() {
            guard chunk.type == PNGChunk.internationalText || chunk.type == PNGChunk.text, reader.isIntact(chunk),
                let keyEnd = bytes[chunk.data].prefix(80).firstIndex(of: 0)
            else { continue }
            let key = latin1(bytes[chunk.data.lowerBound..<keyEnd])
            let rest = bytes[keyEnd + 1..<chunk.data.upperBound]
            if chunk.type == PNGChunk.text {
                pairs.append((key, latin1(rest)))
            } else if let value = internationalValue(rest) {
                pairs.append((key, value))
            }
        }
        return pairs
    }

    /// What follows the keyword in iTXt: compression flag, method, language\0, translated keyword\0, UTF-8 text.
    private static func internationalValue(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count >= 4, bytes.first == 0 else { return nil }
        guard let languageEnd = bytes.dropFirst(2).firstIndex(of: 0),
            let keywordEnd = bytes[(languageEnd + 1)...].firstIndex(of: 0)
        else { return nil }
        return String(validating: bytes[(keywordEnd + 1)...], as: UTF8.self)
    }

    /// One pair as an iTXt chunk. Throws `ImageError.badMetadata` for a keyword that PNG does not allow.
    static func chunk(key: String, value: String) throws -> [UInt8] {
        func fail(_ reason: String) -> ImageError { .badMetadata(key: key, reason: reason) }
        let keyword = try key.unicodeScalars.map { scalar -> UInt8 in
            guard (32...126).contains(scalar.value) || (161...255).contains(scalar.value) else {
                throw fail("a key has only printable Latin-1 characters")
            }
            return UInt8(scalar.value)
        }
        guard (1...79).contains(keyword.count) else { throw fail("a key has 1 to 79 characters") }
        guard key.first != " ", key.last != " ", !key.contains("  ") else {
            throw fail("a key has no spaces at its ends and no two in a row")
        }
        guard !value.utf8.contains(0) else { throw fail("the value contains a zero byte") }
        guard value.utf8.count <= 16 << 20 else { throw fail("the value is longer than 16 MiB") }
        return PNGChunk.encode("iTXt", keyword + [0, 0, 0, 0, 0] + Array(value.utf8))
    }

    private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
