/// What a port sees that takes results of every kind: their records.
public struct AnyArtifact: Artifact {
    public static let kind = "result"

    public let record: ArtifactRecord

    public init(record: ArtifactRecord) { self.record = record }

    public static func bind(_ values: [InputValue]) throws -> Self {
        AnyArtifact(record: try values[0].read().record)
    }
}
