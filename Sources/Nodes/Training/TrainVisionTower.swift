import Curriculum
import Graph
import Imaging
import Models
import World

/// The tower that tells PuLID what a face looks like.
struct TrainVisionTower: TrainingNode {
    static let version = 2
    static let help =
        "Trains a vision tower in the shape of EVA02-CLIP on what PuLID shows it: aligned faces in grey, on white."
    static let precision = PrecisionUse.always

    @Parameter("the people that it learns to tell apart") var people: IdentitySet = .training
    @Parameter("pixels on each side of most pictures that faces are cut out of", in: 16...1024) var size: Int = 64
    @Parameter("of each person", in: 2...1024) var picturesEach: Int = 16
    @Parameter("pixels on each side of its pictures", in: 16...1024) var imageSize: Int = 64
    @Parameter("pixels on each side of a patch", in: 1...128) var patchSize: Int = 8
    @Parameter("numbers of a token", in: 8...4096) var width: Int = 64
    @Parameter("blocks", in: 6...128) var depth: Int = 10
    @Parameter("of each attention", in: 1...64) var heads: Int = 4
    @Parameter("inside of the feed-forward", in: 1...16384) var mlpWidth: Int = 170
    @Parameter("numbers that it gives for a picture", in: 1...4096) var outputWidth: Int = 64
    @Parameter("the blocks whose inputs PuLID sees, five of them") var hiddenStateBlocks: [Int] = [1, 3, 5, 7, 9]
    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 1000
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.001

    func problems() -> [ParameterProblem] {
        var problems: [ParameterProblem] = []
        if imageSize % patchSize != 0 {
            problems.append(ParameterProblem("patch_size", "\(patchSize) does not divide image_size, \(imageSize)"))
        }
        if width % heads != 0 || width / heads % 4 != 0 {
            problems.append(
                ParameterProblem("heads", "width over heads must be a multiple of 4, and is \(width)/\(heads)")
            )
        }
        if hiddenStateBlocks.isEmpty || !hiddenStateBlocks.allSatisfy({ (1..<depth).contains($0) })
            || hiddenStateBlocks != hiddenStateBlocks.sorted()
        {
            problems.append(
                ParameterProblem(
                    "hidden_state_blocks",
                    "\(hiddenStateBlocks) are not rising numbers of blocks from 1 to \(depth - 1)"
                )
            )
        }
        return problems
    }

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let config = EVAVisionTransformer.Config(
            imageSize: imageSize,
            patchSize: patchSize,
            width: width,
            depth: depth,
            heads: heads,
            mlpWidth: mlpWidth,
            outputWidth: outputWidth,
            hiddenStateBlocks: hiddenStateBlocks
        )
        return try context.train(
            VisionTowerTraining(
                config: config,
                people: people,
                size: size,
                picturesEach: picturesEach,
                seed: seed.value,
                steps: steps,
                rate: rate
            ),
            metadata: config.metadata
        )
    }
}
