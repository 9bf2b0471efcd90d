import Graph
import Testing

struct RecordCoderTests {
    private let record = ArtifactRecord(
        kind: "face",
        blocks: [
            "box": ArtifactRecord.Block(element: .float32, shape: [2], bytes: Array(0..<8)),
            "empty": ArtifactRecord.Block(element: .uint8, shape: [0, 3], bytes: []),
        ],
        values: [
            "name": .string("Ada"), "score": .number(.infinity), "seed": .integer(Int128(UInt64.max)),
            "list": .list([.null, .bool(true), .map(["x": .integer(-1)])]),
        ]
    )

    @Test func comesBackAsItWas() throws {
        #expect(try RecordCoder.decode(RecordCoder.encode(record).bytes) == record)
    }

    @Test func everyTruncationIsAnError() {
        let bytes = [UInt8](RecordCoder.encode(record).bytes)
        for count in 0..<bytes.count {
            #expect(throws: RecordCoder.DecodingError.self, "\(count) bytes") {
                try RecordCoder.decode(Array(bytes.prefix(count)))
            }
        }
    }

    /// A flipped bit gives an error or another record, never a crash and never the same record.
    @Test func everyFlippedBitShows() {
        let bytes = [UInt8](RecordCoder.encode(record).bytes)
        for i in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[i] ^= 1 << UInt8(bit)
                if let decoded = try? RecordCoder.decode(damaged) { #expect(decoded != record, "byte \(i) bit \(bit)") }
            }
        }
    }

    @Test func sizesAreCheckedBeforeAnythingIsAllocated() {
        var bytes = [UInt8](RecordCoder.encode(ArtifactRecord(kind: "k", values: ["v": .list([])])).bytes)
        // The list's count, the last eight bytes before the number of blocks.
        let tail = bytes.count - 10
        for i in tail - 8..<tail { bytes[i] = 0xff }
        #expect(throws: RecordCoder.DecodingError.self) { try RecordCoder.decode(bytes) }
    }
}
