import Curriculum
import Graph
import Imaging
import Models
import Tensors
import World

/// Who draws the pictures of an evaluation.
enum EvaluatedArtist: String, ParameterChoice {
    case pulid, nobody, world, reconstruction
}

/// The paper's evaluation, section 4.4, in the small world.
struct Evaluate: Node {
    static let version = 3
    static let help =
        "Draws 85 people that no training has seen for 20 prompts that none has used, and measures likeness, the prompt, and what the person changes in the rest of the picture."
    static let precision = PrecisionUse.always

    @Input("whose settings and tokenizers; its weights are not used", part: "settings") var model: SDXLModel
    @Input("what train_text_to_image made: the text encoders, and the UNet if there is no student")
    var base: WeightsArtifact
    @Input("the VAE's weights") var vae: WeightsArtifact
    @Input("the UNet that draws; the base's unless given") var student: WeightsArtifact?
    @Input("what train_pulid made") var pulid: WeightsArtifact?
    @Input("the recogniser that PuLID sees people through") var recognizer: WeightsArtifact
    @Input("the vision tower that PuLID sees people through") var visionTower: WeightsArtifact
    @Input("the recogniser that measures: of other people than any other") var evaluationNet: WeightsArtifact
    @Input(
        "a second recogniser that measures and that no training has seen either, of other widths"
    )
    var secondNet: WeightsArtifact?
    @Input("the probe that measures") var probe: WeightsArtifact
    @Input("finds the faces") var detector: DetectorArtifact

    @Parameter(
        "pulid; nobody: the base alone, what likeness there is by chance; world: drawn pictures of these people for these prompts, the most there can be; reconstruction: the same through the VAE"
    )
    var artist: EvaluatedArtist = .pulid
    @Parameter("pixels on each side of all pictures", in: 16...1024) var size: Int = 64
    @Parameter("the first so many of the evaluation's prompts", in: 1...20) var prompts: Int = 20
    @Parameter("pictures for each person and prompt", in: 1...100) var seeds: Int = 4
    @Parameter("some of the people, for a quick look", in: 1...85) var people: Int = 85
    @Parameter("how often the UNet is called", in: 1...1000) var steps: Int = 4

    /// Networks of the small world, and a few of their pictures at a time.
    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        512 << 20 + 2 * inputBytes.values.reduce(0, +)
    }

    func run(_ context: RunContext) throws -> EvaluationArtifact {
        let networks = try model.networksConfig(context)
        let drawing = try SDXLNetworks(base.source("the base model"), config: networks)
        let unet =
            try student.map { try UNet2DConditionModel($0.source("the student"), config: networks.unet) }
            ?? drawing.unet
        func subjects(_ weights: WeightsArtifact, _ role: String) throws -> EvaluatedPeople {
            EvaluatedPeople(recognizer: try weights.recognizer(role), size: size, limit: people)
        }
        let evaluation = PortraitEvaluation(
            people: try subjects(evaluationNet, "the evaluation net"),
            second: try secondNet.map { try subjects($0, "the second net") },
            prompts: WorldPrompts.evaluation.prefix(prompts).map(\.prompt),
            seeds: seeds,
            rollout: try LightningRollout(unet: unet, noise: model.noiseSchedule(context), steps: steps),
            encoder: drawing.prompts,
            vae: try model.autoencoder(vae, context),
            encoders: try identityEncoders(recognizer, visionTower, lossNet: nil),
            probe: try SceneProbe(probe.source("the probe")),
            size: size,
            locate: try detector.locator()
        )
        return EvaluationArtifact(
            try evaluation(try chosenArtist(with: unet)) { done, total in
                try context.checkCancellation()
                context.progress(done, total)
            }
        )
    }

    private func chosenArtist(with unet: UNet2DConditionModel) throws -> PortraitEvaluation.Artist {
        switch artist {
        case .nobody: return .nobody
        case .world: return .world
        case .reconstruction: return .reconstruction
        case .pulid:
            guard let pulid else { throw NodeError.needs(what: "pulid", because: "artist: pulid draws with it") }
            return .pulid(try PuLIDNetwork(file: pulid.source("PuLID"), unet: unet))
        }
    }
}
