import Graph

/// A result holds values that are no numbers. It would look like a result, be kept, and spoil all that follows.
struct NotANumber: Error, Hashable, CustomStringConvertible {
    let kind: String
    let block: String
    let count: Int
    let total: Int

    /// nil for a sound record.
    init?(in record: ArtifactRecord) {
        for (name, block) in record.blocks.sorted(by: { $0.key < $1.key }) {
            let bad = Self.count(in: block)
            guard bad > 0 else { continue }
            (kind, self.block, count, total) = (record.kind, name, bad, block.shape.reduce(1, *))
            return
        }
        for (name, value) in record.values.sorted(by: { $0.key < $1.key }) {
            guard case .number(let number) = value, number.isNaN else { continue }
            (kind, block, count, total) = (record.kind, name, 1, 1)
            return
        }
        return nil
    }

    var description: String {
        (total == 1
            ? "`\(block)` of the \(kind) is not a number; "
            : "\(count) of the \(total) values of the \(kind)'s `\(block)` "
                + (count == 1 ? "is infinite or no number; " : "are infinite or not numbers; "))
            + "a weights file is damaged, or does not belong to the others"
    }

    private static func count(in block: ArtifactRecord.Block) -> Int {
        switch block.element {
        case .uint8, .int64: 0
        // All bits of the exponent are set.
        case .float32: count(block, of: UInt32.self) { $0 & 0x7f80_0000 == 0x7f80_0000 }
        case .float16: count(block, of: UInt16.self) { $0 & 0x7c00 == 0x7c00 }
        }
    }

    private static func count<Bits: FixedWidthInteger>(
        _ block: ArtifactRecord.Block,
        of type: Bits.Type,
        where isBad: (Bits) -> Bool
    ) -> Int {
        block.bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / MemoryLayout<Bits>.size).reduce(0) { count, i in
                let bits = Bits(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self)
                )
                return count + (isBad(bits) ? 1 : 0)
            }
        }
    }
}
