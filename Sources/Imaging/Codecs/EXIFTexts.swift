/// Texts within EXIF data, a TIFF structure (CIPA DC-008), where JPEG and WebP keep what PNG has chunks for.
enum EXIFTexts {
    private static let imageDescription = 0x010E
    private static let make = 0x010F
    private static let model = 0x0110
    private static let exifDirectory = 0x8769
    private static let userComment = 0x9286
    /// The most entries of a directory that are looked at.
    private static let mostEntries = 1000

    /// The user comment as `comment`, and the texts of the first directory; what is damaged gives none.
    static func read(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        let little = bytes.has("II", at: 0)
        guard little || bytes.has("MM", at: 0), bytes.uint16(at: 2, littleEndian: little) == 42,
            let first = bytes.uint32(at: 4, littleEndian: little)
        else { return [] }
        var texts: [(key: String, value: String)] = []
        for entry in entries(bytes, at: first, little) {
            switch entry.tag {
            case imageDescription, make, model:
                let value = String(decoding: bytes[entry.value].prefix { $0 != 0 }, as: UTF8.self)
                let name =
                    entry.tag == imageDescription ? "description" : entry.tag == make ? "make" : "model"
                texts.append((name, value))
            case exifDirectory:
                guard let start = bytes.uint32(at: entry.value.lowerBound, littleEndian: little) else { continue }
                for inner in entries(bytes, at: start, little) where inner.tag == userComment {
                    if let text = comment(bytes[inner.value], little) { texts.append(("comment", text)) }
                }
            default: continue
            }
        }
        return texts
    }

    /// The values of a directory, each as its bytes.
    private static func entries(_ bytes: [UInt8], at start: Int, _ little: Bool) -> [(tag: Int, value: Range<Int>)] {
        guard let count = bytes.uint16(at: start, littleEndian: little) else { return [] }
        // Bytes a value of each type takes, from type 1.
        let sizes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
        return (0..<min(count, mostEntries)).compactMap { number in
            let place = start + 2 + 12 * number
            guard let tag = bytes.uint16(at: place, littleEndian: little),
                let type = bytes.uint16(at: place + 2, littleEndian: little), sizes.indices.contains(type - 1),
                let values = bytes.uint32(at: place + 4, littleEndian: little)
            else { return nil }
            let length = values * sizes[type - 1]
            let offset = length <= 4 ? place + 8 : bytes.uint32(at: place + 8, littleEndian: little) ?? bytes.count
            guard offset <= bytes.count, length <= bytes.count - offset else { return nil }
            return (tag, offset..<offset + length)
        }
    }

    /// Eight bytes say how it is written.
    private static func comment(_ value: ArraySlice<UInt8>, _ little: Bool) -> String? {
        let text = value.dropFirst(8)
        switch value.prefix(8) {
        case let code where code.starts(with: "UNICODE\0".utf8):
            // UTF-16: big-endian as most programs write it, whatever the order of the rest, unless that reads as nothing.
            let big = utf16(text, littleEndian: false)
            return big.unicodeScalars.allSatisfy { $0.value < 0x0250 }
                ? big : plainer(big, utf16(text, littleEndian: true))
        case let code where code.starts(with: "ASCII\0\0\0".utf8) || code.allSatisfy { $0 == 0 }:
            return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        default: return nil
        }
    }

    /// Of two readings the one with more ASCII in it.
    private static func plainer(_ a: String, _ b: String) -> String {
        a.unicodeScalars.count(where: \.isASCII) >= b.unicodeScalars.count(where: \.isASCII) ? a : b
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, littleEndian: Bool) -> String {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { place in
            let (a, b) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return littleEndian ? a | b << 8 : a << 8 | b
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// EXIF data with a user comment and nothing else.
    ///
    /// - Parameter comment: of ASCII alone.
    static func data(comment: String) -> [UInt8] {
        func directory(_ entries: [(tag: Int, type: Int, count: Int, value: [UInt8])]) -> [UInt8] {
            short(entries.count) + entries.flatMap { short($0.tag) + short($0.type) + long($0.count) + $0.value }
                + long(0)
        }
        let text = Array("ASCII\0\0\0".utf8) + Array(comment.utf8)
        // The header takes 8 bytes, a directory 6 and 12 for each entry.
        let (second, data) = (8 + 18, 8 + 18 + 30)
        return Array("MM".utf8) + short(42) + long(8)
            + directory([(exifDirectory, 4, 1, long(second))])
            + directory([(0x9000, 7, 4, Array("0232".utf8)), (userComment, 7, text.count, long(data))])
            + text
    }

    private static func short(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
    private static func long(_ value: Int) -> [UInt8] { UInt32(truncatingIfNeeded: value).bigEndianBytes }
}
