import Curriculum
import Graph
import Imaging
import Models
import World

/// The network that tells people apart.
struct TrainRecognizer: TrainingNode {
    static let version = 2
    static let help =
        "Trains a face recogniser (IResNet) on aligned faces of the small world, so that pictures of one person are near each other."
    static let precision = PrecisionUse.always

    @Parameter("the people that it learns to tell apart; PuLID wants three networks that share no people")
    var people: IdentitySet = .training
    @Parameter("pixels on each side of most pictures that faces are cut out of", in: 16...1024) var size: Int = 64
    @Parameter("of each person", in: 2...1024) var picturesEach: Int = 16
    @Parameter("channels after the first convolution", in: 1...1024) var stemWidth: Int = 16
    @Parameter("channels of the four stages") var widths: [Int] = [16, 32, 64, 128]
    @Parameter("blocks of the four stages") var depths: [Int] = [2, 2, 2, 2]
    @Parameter("positions on each side that are left in the end; pictures have 16 times as many pixels", in: 1...64)
    var grid: Int = 2
    @Parameter("numbers that describe a face; files that hold faces say 512", in: 1...4096) var features: Int = 512
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 1000
    @Parameter("people that are told apart at a time, two pictures each, twice a step", in: 2...1024)
    var peopleAtATime: Int = 48
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.002

    func problems() -> [ParameterProblem] {
        sizeProblems([("widths", widths), ("depths", depths)], count: 4)
            + (peopleAtATime <= people.count
                ? []
                : [
                    ParameterProblem(
                        "people_at_a_time",
                        "there are \(people.count) people in \(people.rawValue), not \(peopleAtATime)"
                    )
                ])
    }

    func run(_ context: RunContext) throws -> WeightsArtifact {
        try context.train(
            RecognizerTraining(
                config: IResNet.Config(
                    stemWidth: stemWidth,
                    depths: depths,
                    widths: widths,
                    grid: grid,
                    features: features
                ),
                people: people,
                size: size,
                picturesEach: picturesEach,
                seed: seed.value,
                steps: steps,
                peopleAtATime: peopleAtATime,
                rate: rate
            )
        )
    }
}

/// What is wrong with lists of sizes, which must have so many members from 1 to 4096.
func sizeProblems(_ lists: [(name: String, sizes: [Int])], count: Int) -> [ParameterProblem] {
    lists.compactMap { name, sizes in
        guard sizes.count != count || !sizes.allSatisfy({ (1...4096).contains($0) }) else { return nil }
        return ParameterProblem(name, "\(name) is \(sizes); \(count) numbers from 1 to 4096 are needed")
    }
}
