import Graph
import Imaging
import World

/// Pictures of the small world, by what makes them: they are drawn as they are needed.
public struct DatasetArtifact: Artifact {
    public static let kind = "dataset"

    let pictures: WorldDataset

    public var record: ArtifactRecord {
        ArtifactRecord(
            kind: Self.kind,
            values: [
                "kind": .string(pictures.kind.rawValue), "people": .string(pictures.people.rawValue),
                "seed": .string("\(pictures.seed)"), "size": .number(Double(pictures.size)),
                "count": .number(Double(pictures.count)), "drawing": .number(Double(WorldDataset.revision)),
                "person count": .number(Double(pictures.personCount)),
            ]
        )
    }

    init(_ pictures: WorldDataset) { self.pictures = pictures }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        func text(_ name: String) -> String? { if case .string(let text)? = record.values[name] { text } else { nil } }
        func whole(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            guard case .number(let number)? = record.values[name], let whole = Int(exactly: number),
                range.contains(whole)
            else { return nil }
            return whole
        }
        guard let kind = text("kind").flatMap(WorldDataset.Kind.init), let seed = text("seed").flatMap({ UInt64($0) }),
            whole("drawing", 0...1_000_000) == WorldDataset.revision,
            let people = text("people").flatMap(IdentitySet.init), let size = whole("size", 16...1024),
            let count = whole("count", 1...1_000_000_000), let personCount = whole("person count", 1...people.count)
        else { throw ArtifactError.damaged(kind: Self.kind, reason: "a field is missing or out of range") }
        pictures = WorldDataset(
            kind,
            size: size,
            seed: seed,
            count: count,
            people: people,
            personCount: personCount
        )
    }
}
