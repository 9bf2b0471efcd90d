import Graph
import Synchronization

/// Some bytes, counted while they are in memory, by the name of a scale.
public struct ToyWeight: Artifact {
    public static let kind = "weight"

    public let number: Int
    private let scale: String
    private let bytes: Int
    private let living: Living

    public init(_ scale: String, number: Int, bytes: Int) {
        self.scale = scale
        self.number = number
        self.bytes = bytes
        living = Living(scale)
    }

    public var record: ArtifactRecord {
        ArtifactRecord(
            kind: Self.kind,
            blocks: [
                "bytes": ArtifactRecord.Block(
                    element: .uint8,
                    shape: [bytes],
                    bytes: [UInt8](repeating: 1, count: bytes)
                )
            ],
            values: ["scale": .string(scale), "number": .integer(Int128(number))]
        )
    }

    public init(record: ArtifactRecord) throws {
        guard case .string(let scale)? = record.values["scale"], case .integer(let number)? = record.values["number"],
            let block = record.blocks["bytes"]
        else { throw ArtifactError.damaged(kind: Self.kind, reason: "no scale") }
        self.init(scale, number: Int(number), bytes: block.bytes.count)
    }

    /// The most that were in memory at a time on a scale.
    public static func most(on scale: String) -> Int { Living.counts.withLock { $0[scale]?.most ?? 0 } }

    private final class Living: Sendable {
        static let counts = Mutex<[String: (now: Int, most: Int)]>([:])
        let scale: String

        init(_ scale: String) {
            self.scale = scale
            Self.counts.withLock { counts in
                let now = (counts[scale]?.now ?? 0) + 1
                counts[scale] = (now, max(now, counts[scale]?.most ?? 0))
            }
        }

        deinit { Self.counts.withLock { $0[scale]?.now -= 1 } }
    }
}
