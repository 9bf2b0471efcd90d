/// The eight bytes that every PNG starts with.
package enum PNGSignature {
    package static let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}

/// One chunk of a PNG (PNG specification, section 5.3): length, type, data, checksum.
package struct PNGChunk {
    /// Four ASCII letters as one big-endian number.
    package let type: Int
    /// The data, as a range of the file's bytes.
    package let data: Range<Int>

    static let header = code("IHDR")
    static let end = code("IEND")
    static let transparency = code("tRNS")
    static let exif = code("eXIf")
    static let text = code("tEXt")
    static let internationalText = code("iTXt")

    /// Bit 5 of the first letter is clear: a decoder must understand this chunk.
    var isCritical: Bool { type & (0x20 << 24) == 0 }

    /// The whole chunk, from its length to its checksum.
    var wholeRange: Range<Int> { data.lowerBound - 8..<data.upperBound + 4 }

    static func code(_ name: StaticString) -> Int {
        name.withUTF8Buffer { letters in letters.reduce(0) { $0 << 8 | Int($1) } }
    }

    /// The chunk as bytes, ready for a file.
    static func encode(_ name: StaticString, _ data: [UInt8]) -> [UInt8] {
        let body = name.withUTF8Buffer { Array($0) } + data
        return UInt32(data.count).bigEndianBytes + body + CRC32.checksum(body[...]).bigEndianBytes
    }
}

/// Walks the chunks of a PNG up to and including IEND. `next` gives nil after IEND, and also where the bytes end too
/// early: `reachedEnd` tells which.
package struct PNGChunkReader {
    let bytes: [UInt8]
    private var offset = 8
    private(set) var reachedEnd = false

    /// `bytes` must start with the PNG signature.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package mutating func next() -> PNGChunk? {
        guard !reachedEnd,
            let length = bytes.uint32(at: offset, littleEndian: false),
            let type = bytes.uint32(at: offset + 4, littleEndian: false),
            length <= bytes.count - offset - 12
        else { return nil }
        let chunk = PNGChunk(type: type, data: offset + 8..<offset + 8 + length)
        offset = chunk.wholeRange.upperBound
        reachedEnd = type == PNGChunk.end
        return chunk
    }

    /// Whether the checksum of `chunk` is right.
    func isIntact(_ chunk: PNGChunk) -> Bool {
        guard let stored = bytes.uint32(at: chunk.data.upperBound, littleEndian: false) else { return false }
        return stored == Int(CRC32.checksum(bytes[chunk.data.lowerBound - 4..<chunk.data.upperBound]))
    }
}

/// CRC-32 as PNG, zip and Ethernet use it (ISO 3309: reflected polynomial 0xEDB88320).
package enum CRC32 {
    package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
        return ~crc
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        return value
    }
}
