/// Reads little-endian numbers from left to right and never past the end.
struct ByteCursor {
    struct End: Error {}

    let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    /// - Parameter bytes: must stay valid while the cursor is used
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var remaining: Int { bytes.count - offset }

    /// - Throws: `End`
    mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw End() }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        Number(littleEndian: try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
    }

    /// A number of four or eight bytes that counts something in memory.
    mutating func size<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Int {
        guard let size = Int(exactly: try number(type)) else { throw End() }
        return size
    }

    /// Up to the next line feed, which is passed over.
    mutating func line(limit: Int) throws -> UnsafeRawBufferPointer {
        let rest = bytes[offset...].prefix(limit + 1)
        guard let end = rest.firstIndex(of: 0x0a) else { throw End() }
        defer { offset = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
    }
}
