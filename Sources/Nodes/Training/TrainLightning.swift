import Curriculum
import Graph
import Kernels
import Models

/// The student that draws in four steps.
struct TrainLightning: TrainingNode {
    static let version = 2
    static let help =
        "Distils a trained UNet into one that draws in few steps and without guidance, as SDXL-Lightning does."
    static let precision = PrecisionUse.always
    static let numerics = Gemm.bfloat16Class

    @Input("whose settings and tokenizers; its weights are not used", part: "settings") var model: SDXLModel
    @Input("what train_text_to_image made") var base: WeightsArtifact
    @Input("the VAE's weights") var vae: WeightsArtifact
    @Input("the pictures") var pictures: DatasetArtifact
    @Parameter("steps that the student takes", in: 1...50) var studentSteps: Int = 4
    @Parameter("steps of the teacher for one of the student's", in: 1...50) var teacherSteps: Int = 3
    @Parameter("the teacher's guidance, away from a missing prompt", in: 1...20) var guidance: Double = 2
    @Parameter("of what is drawn") var seed: Seed
    @Parameter("how often the weights are improved", in: 1...10_000_000) var steps: Int = 2000
    @Parameter("pictures in a step", in: 1...4096) var batch: Int = 32
    @Parameter("the highest learning rate", in: 0...1) var rate: Double = 0.0004
    @Parameter(TrainingPrecision.help) var precision: TrainingPrecision = .f32

    func problems() -> [ParameterProblem] {
        studentSteps * teacherSteps <= 999
            ? []
            : [
                ParameterProblem(
                    "teacher_steps",
                    "\(studentSteps) times \(teacherSteps) steps are more than the 999 that there are"
                )
            ]
    }

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let networks = try model.networksConfig(context)
        return try context.train(
            LightningTraining(
                config: networks,
                base: base.tensors,
                pictures: latents(of: pictures, networks, vae, model, context),
                noise: model.noiseSchedule(context),
                seed: seed.value,
                steps: steps,
                studentSteps: studentSteps,
                teacherSteps: teacherSteps,
                guidance: Float(guidance),
                batch: batch,
                rate: rate
            ),
            in: precision
        )
    }
}
