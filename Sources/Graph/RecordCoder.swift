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

    public static func encode(_ record: ArtifactRecord) -> EncodedRecord {
        var header = CanonicalEncoder()
        header.append(.string(record.kind))
        header.append(.map(record.values))
        header.append(.integer(Int128(record.blocks.count)))
        var pieces = [Bytes(magic + header.bytes)]
        for (name, block) in record.blocks.sorted(by: { $0.key < $1.key }) {
            var item = CanonicalEncoder()
            item.append(.string(name))
            item.append(.string(block.element.rawValue))
            item.append(.list(block.shape.map { .integer(Int128($0)) }))
            item.beginData(count: block.bytes.count)
            pieces += [Bytes(item.bytes), block.bytes]
        }
        return EncodedRecord(pieces: pieces)
    }

    /// - Throws: `DecodingError`; never traps, whatever the bytes.
    public static func decode(_ bytes: Bytes) throws -> ArtifactRecord {
        guard bytes.starts(with: magic) else { throw DecodingError.notARecord }
        var reader = CanonicalDecoder(bytes, from: magic.count)
        guard case .string(let kind) = try reader.value(), case .map(let values) = try reader.value(),
            case .integer(let count) = try reader.value(), count >= 0, count <= 65536
        else { throw DecodingError.malformed }
        var blocks: [String: ArtifactRecord.Block] = [:]
        for _ in 0..<Int(count) {
            guard case .string(let name) = try reader.value(), case .string(let elementName) = try reader.value(),
                let element = ArtifactRecord.Block.Element(rawValue: elementName),
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
            blocks[name] = ArtifactRecord.Block(element: element, shape: shape, bytes: data)
        }
        guard reader.isAtEnd else { throw DecodingError.malformed }
        return ArtifactRecord(kind: kind, blocks: blocks, values: values)
    }

    /// - Throws: `DecodingError`
    public static func decode(_ bytes: [UInt8]) throws -> ArtifactRecord { try decode(Bytes(bytes)) }
}

/// A record's bytes in the order in which they are hashed and stored; blocks are the record's own, not copies.
public struct EncodedRecord: Sendable {
    public let pieces: [Bytes]
    public let count: Int
    /// Of all pieces in a row.
    public let digest: Digest

    init(pieces: [Bytes]) {
        self.pieces = pieces
        count = pieces.reduce(0) { $0 + $1.count }
        var hasher = Digest.Hasher()
        for piece in pieces { piece.withUnsafeBytes { hasher.update($0) } }
        digest = hasher.finish()
    }

    /// All in one.
    public var bytes: Bytes {
        Bytes(count: count) { target in
            var rest = target[...]
            for piece in pieces {
                UnsafeMutableRawBufferPointer(rebasing: rest).copyBytes(from: piece)
                rest = rest.dropFirst(piece.count)
            }
        }
    }
}
