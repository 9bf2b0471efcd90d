import Curriculum
import Graph
import Models
import Tensors

/// The gates before PuLID's training.
struct MeasureNetworks: Node {
    static let version = 4
    static let help =
        "Measures what PuLID's training rests on, beside what is wanted of it: VAE, base model, student, recognisers, probe, detector and parser, by people that none of them has seen."
    static let precision = PrecisionUse.always

    @Input("whose settings and tokenizers; its weights are not used", part: "settings") var model: SDXLModel
    @Input("what train_text_to_image made") var base: WeightsArtifact
    @Input("what train_lightning made") var student: WeightsArtifact
    @Input("the VAE's weights") var vae: WeightsArtifact
    @Input("the recogniser that PuLID sees people through") var recognizer: WeightsArtifact
    @Input("the recogniser of the identity loss") var lossNet: WeightsArtifact
    @Input("the recogniser that measures") var evaluationNet: WeightsArtifact
    @Input("the probe that measures") var probe: WeightsArtifact
    @Input("finds the faces") var detector: DetectorArtifact
    @Input("tells the parts of a face") var parser: WeightsArtifact

    @Parameter("pixels on each side of all pictures", in: 16...1024) var size: Int = 64
    @Parameter("that each network is shown", in: 1...10_000) var pictures: Int = 160
    @Parameter("of each person in each style, for the recognisers", in: 1...100) var picturesEach: Int = 2
    @Parameter("the first so many of the evaluation's prompts", in: 1...20) var prompts: Int = 20
    @Parameter("pictures that are drawn of each of them", in: 1...100) var seeds: Int = 4

    /// Networks of the small world, and a few of their pictures at a time.
    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        512 << 20 + 2 * inputBytes.values.reduce(0, +)
    }

    func run(_ context: RunContext) throws -> GatesArtifact {
        let config = try model.networksConfig(context)
        let parsing = parser.source("the parser")
        let measurement = NetworkMeasurement(
            networks: try SDXLNetworks(base.source("the base model"), config: config),
            student: try UNet2DConditionModel(student.source("the student"), config: config.unet),
            vae: try model.autoencoder(vae, context),
            noise: try model.noiseSchedule(context),
            recognizer: try recognizer.recognizer("the recogniser"),
            lossNet: try lossNet.recognizer("the loss net"),
            evaluationNet: try evaluationNet.recognizer("the evaluation net"),
            probe: try SceneProbe(probe.source("the probe")),
            detector: try detector.network(),
            parser: try BiSeNet(parsing, config: BiSeNet.Config(parsing))
        )
        return GatesArtifact(
            try measurement(pictures: pictures, prompts: prompts, seeds: seeds, picturesEach: picturesEach, size: size)
            {
                try context.checkCancellation()
                context.progress($0, $1)
            }
        )
    }
}

extension WeightsArtifact {
    /// The recogniser that these are the weights of.
    ///
    /// - Parameter role: what messages call it
    /// - Throws: `WeightsError`
    func recognizer(_ role: String) throws -> IResNet {
        let source = source(role)
        return try IResNet(source, config: IResNet.Config(source))
    }
}
