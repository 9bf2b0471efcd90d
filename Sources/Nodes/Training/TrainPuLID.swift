import Curriculum
import Graph
import Imaging
import Kernels
import Models
import Tensors
import World

/// Which of PuLID's trainings is run.
enum TrainingStage: String, ParameterChoice {
    case one, naive, two, three

    var stage: PuLIDStage {
        switch self {
        case .one: .one
        case .naive: .naive
        case .two: .two
        case .three: .three
        }
    }
}

/// PuLID's encoders.
enum PuLIDVersion: String, ParameterChoice {
    case v1
    case v1_1 = "v1.1"
}

/// What pictures are drawn for in training.
enum TrainingPrompts: String, ParameterChoice {
    case photo, styles

    var texts: [String] { self == .photo ? [WorldPrompts.identityLoss] : WorldPrompts.training }
}

extension PuLIDPictures.Pairing: ParameterChoice {}

/// PuLID itself.
struct TrainPuLID: TrainingNode {
    static let name = "train_pulid"
    static let version = 3
    static let help =
        "Trains PuLID's encoder and its keys and values, everything else frozen: stage one by denoising, two with the identity loss, three with the contrastive alignment in addition; naive is the paper's ablation."
    static let precision = PrecisionUse.always
    static let numerics = Gemm.bfloat16Class

    @Input("whose settings and tokenizers; its weights are not used", part: "settings") var model: SDXLModel
    @Input("what train_text_to_image made") var base: WeightsArtifact
    @Input("the VAE's weights") var vae: WeightsArtifact
    @Input("the recogniser that PuLID sees people through") var recognizer: WeightsArtifact
    @Input("the vision tower that PuLID sees people through") var visionTower: WeightsArtifact
    @Input("the pictures") var pictures: DatasetArtifact
    @Input("what train_lightning made; for stages two and three") var student: WeightsArtifact?
    @Input("the recogniser of the identity loss, not the one PuLID sees through; for all stages but one")
    var lossNet: WeightsArtifact?
    @Input("finds the face in what is drawn; without it, it is taken to be where it is in plain portraits")
    var detector: DetectorArtifact?
    @Input("the stage before; without it the training begins anew") var from: WeightsArtifact?

    @Parameter("what is learned") var stage: TrainingStage
    @Parameter("the encoder: v1 is IDEncoder, v1.1 is IDFormer") var version: PuLIDVersion = .v1
    @Parameter(
        "introduction: PuLID sees a plain portrait of the person and learns to draw another picture; same: it sees the face in the picture itself, as in the paper"
    )
    var pairing: PuLIDPictures.Pairing = .introduction
    @Parameter("for v1: tokens of the vector and of the hidden states", in: 1...64) var tokens: Int = 5
    @Parameter("for v1.1: numbers of a latent", in: 16...4096) var width: Int = 64
    @Parameter("for v1.1: tokens that come out", in: 1...256) var queries: Int = 8
    @Parameter("for v1.1: layers, a multiple of five", in: 5...100) var layers: Int = 5

    @Parameter("of the first weights, and of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved; the stage's own unless given", in: 1...10_000_000)
    var steps: Int? = nil
    @Parameter("the highest learning rate; the stage's own unless given", in: 0...1) var rate: Double? = nil
    @Parameter("pictures in a step that are denoised; the stage's own unless given", in: 0...4096)
    var denoising: Int? = nil
    @Parameter("pictures in a step that are compared with the person; the stage's own unless given", in: 0...4096)
    var identity: Int? = nil
    @Parameter("pictures in a step that are compared with their twins; the stage's own unless given", in: 0...4096)
    var alignment: Int? = nil
    @Parameter("lambda_id", in: 0...100) var identityWeight: Double = 1
    @Parameter("lambda of the semantic alignment", in: 0...100) var semanticWeight: Double = 0.6
    @Parameter("lambda of the layout's alignment", in: 0...100) var layoutWeight: Double = 0.1
    @Parameter("whether all noise levels count alike, as in the paper; else high ones count more")
    var plainNoise: Bool = false
    @Parameter("what pictures are drawn for that are compared with the person: one photo, as in the paper, or styles")
    var identityPrompts: TrainingPrompts = .photo
    @Parameter(TrainingPrecision.help) var precision: TrainingPrecision = .f32

    private var chosen: PuLIDStage {
        var chosen = stage.stage
        if let steps { chosen.steps = steps }
        if let rate {
            chosen.finalRate *= rate / chosen.rate
            chosen.rate = rate
        }
        if let denoising { chosen.denoising = denoising }
        if let identity { chosen.identity = identity }
        if let alignment { chosen.alignment = alignment }
        chosen.identityWeight = Float(identityWeight)
        chosen.alignmentLoss = AlignmentLoss(semantic: Float(semanticWeight), layout: Float(layoutWeight))
        if plainNoise { chosen.weighting = .plain }
        return chosen
    }

    func problems() -> [ParameterProblem] {
        var problems: [ParameterProblem] = []
        let chosen = chosen
        if chosen.denoising + chosen.identity + chosen.alignment == 0 {
            problems.append(ParameterProblem("denoising", "a step of no pictures learns nothing"))
        }
        if layers % 5 != 0 {
            problems.append(ParameterProblem("layers", "layers is \(layers), which is no multiple of 5"))
        }
        return problems
    }

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let stage = chosen
        if stage.identity + stage.alignment > 0, student == nil {
            throw NodeError.needs(what: "student", because: "stages two and three draw pictures in few steps")
        }
        if stage.identity > 0 || stage.isNaive, lossNet == nil {
            throw NodeError.needs(what: "loss_net", because: "the identity loss compares faces")
        }
        let networks = try model.networksConfig(context)
        let noise = try model.noiseSchedule(context)
        let autoencoder = try model.autoencoder(vae, pictures: pictures.pictures.size, context)
        let drawing = try SDXLNetworks(base.source("the base model"), config: networks)
        let fast = try student.map {
            try UNet2DConditionModel($0.source("the student"), config: networks.unet)
        }
        let encoders = try identityEncoders(recognizer, visionTower, lossNet: lossNet)
        let usual = pictures.pictures.usualLandmarks
        let plain: LandmarkFinder = { Array(repeating: usual, count: $0.shape[0]) }
        let training = PuLIDTraining(
            stage,
            encoder: encoder(for: encoders, networks.unet),
            from: from?.tensors,
            unet: drawing.unet,
            prompts: drawing.prompts,
            noise: noise,
            pictures: PuLIDPictures(
                pictures.pictures,
                pairing: pairing,
                encoders: encoders,
                vae: autoencoder,
                prompts: drawing.prompts
            ),
            rollout: try LightningRollout(unet: fast ?? drawing.unet, noise: noise),
            identityLoss: IdentityLoss(
                lossNet: encoders.lossNet,
                vae: autoencoder,
                landmarks: try detector?.landmarks() ?? plain
            ),
            identityPrompts: identityPrompts.texts,
            seed: seed.value
        )
        return try context.train(training, in: precision)
    }

    private func encoder(for encoders: IdentityEncoders, _ unet: UNet2DConditionModel.Config) -> PuLIDEncoderConfig {
        let tower = encoders.tower.config
        let idWidth = encoders.recognizer.config.features + tower.outputWidth
        let features = tower.hiddenStateBlocks.count
        switch version {
        case .v1:
            return .v1(
                IDEncoder.Config(
                    idWidth: idWidth,
                    tokens: tokens,
                    features: features,
                    featureWidth: tower.width,
                    contextWidth: unet.crossAttentionDim
                )
            )
        case .v1_1:
            return .v1_1(
                IDFormer.Config(
                    idWidth: idWidth,
                    idHiddenWidths: [width, width],
                    width: width,
                    queries: queries,
                    contextWidth: unet.crossAttentionDim,
                    features: features,
                    featureWidth: tower.width,
                    featureHiddenWidths: [width, width],
                    layers: layers,
                    innerWidth: (width + 63) / 64 * 64,
                    feedForwardWidth: 4 * width
                )
            )
        }
    }
}

/// The frozen networks that see people.
///
/// - Parameter lossNet: the recogniser that PuLID sees through where no identity loss is asked for
func identityEncoders(
    _ recognizer: WeightsArtifact,
    _ visionTower: WeightsArtifact,
    lossNet: WeightsArtifact?
) throws -> IdentityEncoders {
    IdentityEncoders(
        recognizer: try recognizer.recognizer("the recogniser"),
        tower: try EVAVisionTransformer(
            checkpoint: visionTower.source("the vision tower"),
            metadata: visionTower.metadata
        ),
        lossNet: try (lossNet ?? recognizer).recognizer("the loss net")
    )
}
