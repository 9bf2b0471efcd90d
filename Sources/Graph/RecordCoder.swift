/// A record as one run of bytes and back. The encoding is canonical: equal records give equal bytes.
///
/// Layout: magic, then a sequence of items (see `CanonicalEncoder`): kind, values, number of blocks, and for each block
/// in the order of names its name, element, shape and bytes.
public enum RecordCoder {
    private static let magic: [UInt8] = Array("PLR1".utf8)

    public enum DecodingError: Error, Hashable {
        case notARecord
        case truncated
        case malformed
    }

    public static func encode(_ record: Record) -> [UInt8] {
        var header = CanonicalEncoder()
        header.append(.string(record.kind))
        header.append(.map(record.values))
        header.append(.integer(Int128(record.blocks.count)))
        var bytes = magic
        bytes.reserveCapacity(header.bytes.count + record.blocks.values.reduce(64) { $0 + $1.bytes.count + 256 })
        bytes += header.bytes
        for (name, block) in record.blocks.sorted(by: { $0.key < $1.key }) {
            var item = CanonicalEncoder()
            item.append(.string(name))
            item.append(.string(block.element.rawValue))
            item.append(.list(block.shape.map { .integer(Int128($0)) }))
            bytes += item.bytes
            bytes.append(UInt8(ascii: "x"))
            withUnsafeBytes(of: UInt64(block.bytes.count).littleEndian) { bytes += $0 }
            bytes += block.bytes
        }
        return bytes
    }

    /// - Throws: `DecodingError`; never traps, whatever the bytes.
    public static func decode(_ bytes: [UInt8]) throws -> Record {
        guard bytes.starts(with: magic) else { throw DecodingError.notARecord }
        var reader = CanonicalDecoder(bytes, from: magic.count)
        guard case .string(let kind) = try reader.value(), case .map(let values) = try reader.value(),
            case .integer(let count) = try reader.value(), count >= 0, count <= 65536
        else { throw DecodingError.malformed }
        var blocks: [String: Record.Block] = [:]
        for _ in 0..<Int(count) {
            guard case .string(let name) = try reader.value(), case .string(let elementName) = try reader.value(),
                let element = Record.Block.Element(rawValue: elementName),
                case .list(let sizes) = try reader.value()
            else { throw DecodingError.malformed }
            let data = try reader.data()
            var shape: [Int] = []
            var total = element.size
            for size in sizes {
                guard case .integer(let wide) = size, let size = Int(exactly: wide), size >= 0 else {
                    throw DecodingError.malformed
                }
                let (product, overflow) = total.multipliedReportingOverflow(by: size)
                guard !overflow else { throw DecodingError.malformed }
                total = product
                shape.append(size)
            }
            guard total == data.count, blocks[name] == nil else { throw DecodingError.malformed }
            blocks[name] = Record.Block(element: element, shape: shape, bytes: Array(data))
        }
        guard reader.isAtEnd else { throw DecodingError.malformed }
        return Record(kind: kind, blocks: blocks, values: values)
    }
}
