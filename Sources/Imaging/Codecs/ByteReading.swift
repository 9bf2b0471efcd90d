/// Numbers read from hostile bytes: nil instead of a trap when they lie outside.
extension [UInt8] {
    func uint16(at offset: Int, littleEndian: Bool) -> Int? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        let (a, b) = (Int(self[offset]), Int(self[offset + 1]))
        return littleEndian ? a | b << 8 : a << 8 | b
    }

    func uint32(at offset: Int, littleEndian: Bool) -> Int? {
        guard let a = uint16(at: offset, littleEndian: littleEndian),
            let b = uint16(at: offset + 2, littleEndian: littleEndian)
        else { return nil }
        return littleEndian ? a | b << 16 : a << 16 | b
    }

    /// Whether `text` stands at `offset`.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset <= count - length else { return false }
        return text.withUTF8Buffer { wanted in (0..<length).allSatisfy { self[offset + $0] == wanted[$0] } }
    }
}

extension UInt32 {
    /// The four bytes, most significant first.
    package var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
}
