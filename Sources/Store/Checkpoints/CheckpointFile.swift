import Foundation
import Graph

/// A checkpoint on disk: a mark, the key that it belongs to, the digest of the record, a seal over these, the record.
struct CheckpointFile {
    enum Failure: Error, Equatable {
        case damaged
        /// Another training's, put here by hand.
        case foreign
    }

    private static let mark = Array("pulid-run checkpoint 1\n".utf8)
    private static let headerSize = mark.count + 32 + 32 + 16

    let path: String

    /// - Throws: `SystemError`.
    func write(_ encoded: EncodedRecord, for key: Digest, temporaries: String) throws {
        let seal = Digest.seal(Self.mark, key.bytes, encoded.digest.bytes)
        let header = Self.mark + key.bytes + encoded.digest.bytes + seal
        try WholeFile(path, temporaries: temporaries).replace(isDurable: true) { file in
            try header.withUnsafeBytes { try file.write($0) }
            for piece in encoded.pieces { try piece.withUnsafeBytes { try file.write($0) } }
        }
    }

    /// - Throws: `SystemError`, `Failure`.
    func read(for key: Digest) throws -> ArtifactRecord {
        let bytes = try Bytes(file: path)
        guard bytes.count >= Self.headerSize, bytes.starts(with: Self.mark) else { throw Failure.damaged }
        func part(_ start: Int, _ count: Int) -> [UInt8] { [UInt8](bytes[start..<start + count]) }
        let found = part(Self.mark.count, 32)
        let digest = part(Self.mark.count + 32, 32)
        guard part(Self.mark.count + 64, 16) == Digest.seal(Self.mark, found, digest) else { throw Failure.damaged }
        guard found == key.bytes else { throw Failure.foreign }
        let record = bytes[Self.headerSize..<bytes.count]
        guard Digest(of: record).bytes == digest else { throw Failure.damaged }
        do { return try RecordCoder.decode(record) } catch { throw Failure.damaged }
    }
}
