import Graph
import Imaging
import World

extension WorldDataset.Kind: ParameterChoice {}
extension IdentitySet: ParameterChoice {}

/// Pictures of people who do not exist, with captions, labels, boxes and landmarks.
struct MakeDataset: Node {
    static let version = 2
    static let help =
        "Describes a set of drawn pictures for training; nothing is stored, each picture follows from its number."

    @Parameter(
        "base: every style and full captions; portraits: photos with half of the words missing; faces: anywhere in the picture, also two"
    )
    var kind: WorldDataset.Kind = .base
    @Parameter("who is shown; no person is in two of these groups") var people: IdentitySet = .training
    @Parameter("how many of these people, all unless given", in: 1...4000) var personCount: Int? = nil
    @Parameter("of the scenes") var seed: Seed
    @Parameter("how many pictures", in: 1...1_000_000_000) var count: Int = 40_000
    @Parameter("pixels on each side", in: 16...1024) var size: Int = 64

    func problems() -> [ParameterProblem] {
        guard let personCount, personCount > people.count else { return [] }
        return [
            ParameterProblem(
                "person_count",
                "there are \(people.count) people in \(people.rawValue), not \(personCount)",
                hint: "leave it out for all of them"
            )
        ]
    }

    func run(_ context: RunContext) throws -> DatasetArtifact {
        DatasetArtifact(
            WorldDataset(
                kind,
                size: size,
                seed: seed.value,
                count: count,
                people: people,
                personCount: personCount
            )
        )
    }
}
