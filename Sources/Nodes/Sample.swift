import Diffusion
import Graph
import Models
import Tensors

/// The denoising loop of SDXL with PuLID's identity attention.
///
/// diffusers: StableDiffusionXLPipeline.__call__; PuLID: pulid/pipeline.py::inference
struct Sample: Node {
    static let version = 4
    static let repeatsWarnings = true
    static let help =
        "Goes from noise (or from a latent) to a latent of the prompt, with the identities that are given."
    static let precision = PrecisionUse.always

    @Input("whose UNet", part: "unet") var model: SDXLModel
    @Input("what to draw") var prompt: PromptArtifact
    @Input("the person to draw, or several (see place_id); needs pulid") var identity: AnyNumber<IdentityArtifact>
    @Input("how the UNet attends to identities", part: "attention") var pulid: PuLIDModel?
    @Input("start from this instead of noise alone; see strength") var latent: LatentArtifact?

    @Parameter(
        "sets num_zero and ortho: fidelity 8 and v2, style 16 and v1, neutral 0 and off; without it what PuLID's demo starts with, fidelity for v1, 20 and v2 for v1.1"
    )
    var mode: IdentityMode? = nil
    @Parameter("how strongly the identity acts; 0 is as if there were none", in: 0...5) var idScale: Double = 0.8
    @Parameter("identity tokens of zero: the more, the weaker the identity; the mode's unless given", in: 0...80)
    var numZero: Int? = nil
    @Parameter("what of the identity is kept off the text's part; the mode's unless given") var ortho:
        IDConditioning.Ortho? = nil
    @Parameter(
        "the fraction of the way from noise to picture, in training timesteps, from which on the identity acts",
        in: 0...1
    )
    var startAt: Double = 0
    @Parameter("the fraction up to which it acts; with 4 trailing steps, 0.5 is the first two", in: 0...1)
    var endAt: Double = 1
    @Parameter("of the noise; equal to PyTorch's CPU generator") var seed: Seed
    @Parameter("how often the UNet is called", in: 1...1000) var steps: Int = 4
    @Parameter("the way from noise to picture") var sampler: Sampler = .dpmpp2M
    @Parameter("which noise levels it visits") var schedule: TimestepSpacing = .trailing
    @Parameter(
        "in place of steps and schedule: the training timesteps to visit, falling, as a model's card names them ([999, 749, 499, 249] for DMD2, [800] for Hyper-SD's one-step UNet)"
    )
    var timesteps: [Int] = []
    @Parameter("with tcd: how much of a step's noise is fresh; 0 adds none", in: 0...1) var eta: Double = 0.3
    @Parameter("how much the prompt weighs against the negative one; up to 1, only the prompt counts", in: 0...50)
    var guidance: Double = 1.2
    @Parameter("in pixels, a multiple of 8; unless given, that of the latent's picture, or 1024", in: 16...4096)
    var width: Int? = nil
    @Parameter("as width", in: 16...4096) var height: Int? = nil
    @Parameter("with latent: how much of it is made anew, as a share of the steps; 0 keeps it as it is", in: 0...1)
    var strength: Double = 0.6

    /// SDXL's own.
    private static let usualSide = 1024
    private static let sides = 16...4096

    /// A checkpoint takes milliseconds; a step of SDXL takes seconds.
    private static let checkpointInterval = Duration.seconds(2)

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        // A latent has four numbers for 64 pixels.
        let given = inputBytes["latent"].map { 4 * $0 }
        let pixels = given ?? side(parameters.whole("width")) * side(parameters.whole("height"))
        let calls = parameters.number("guidance") > 1 ? 2 : 1
        return 64 << 20 + WorkingMemory.unetPerPixel * pixels * calls
    }

    /// Of 0, which stands for none given, the usual one.
    private static func side(_ given: Int) -> Int { given > 0 ? given : usualSide }

    /// 10 s for each call of SDXL's UNet at 1024 x 1024.
    static func usualSeconds(parameters: [String: Value]) -> Double {
        let pixels = Double(side(parameters.whole("width")) * side(parameters.whole("height")))
        let calls = parameters.number("guidance") > 1 ? 2 : 1
        let steps: Int
        if case .list(let timesteps)? = parameters["timesteps"], !timesteps.isEmpty {
            steps = timesteps.count
        } else {
            steps = parameters.whole("steps")
        }
        return 10 * Double(steps * calls) * pixels / Double(1 << 20)
    }

    func problems() -> [ParameterProblem] {
        [("width", width), ("height", height)].compactMap { name, size in
            guard let size, size % 8 != 0 else { return nil }
            return ParameterProblem(
                name,
                "\(name) is \(size), which is not a multiple of 8",
                hint: "use \(size / 8 * 8) or \(size / 8 * 8 + 8)"
            )
        } + scheduleProblems() + windowProblems(startAt: startAt, endAt: endAt)
    }

    static func doubts(_ known: KnownInputs) -> [ParameterProblem] {
        guard let guidance = known.number("guidance"), guidance <= 1,
            case .string(let text)? = known.parameter("negative", of: "prompt", madeBy: EncodePrompt.name),
            !text.isEmpty
        else { return [] }
        return [
            ParameterProblem(
                "guidance",
                "the prompt's `negative` does nothing at a guidance of 1 or less",
                hint: "raise `guidance`, or leave out `negative`"
            )
        ]
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        let (width, height) = (known.whole("width"), known.whole("height"))
        guard known.isGiven("latent") else {
            return PictureSize(width: width ?? usualSide, height: height ?? usualSide)
        }
        guard let size = known.size("latent") else { return nil }
        try check(width, height, against: size)
        return size
    }

    /// - Throws: where a given side is not that of the latent's picture, or that is too large or too small.
    private static func check(_ width: Int?, _ height: Int?, against size: PictureSize) throws(ParameterProblem) {
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw ParameterProblem(
                "latent",
                "the latent is that of a picture of \(size); its sides must be from \(sides.lowerBound) to \(sides.upperBound)",
                hint: "`resize` the picture before it is encoded"
            )
        }
        for (name, given, own) in [("width", width, size.width), ("height", height, size.height)] {
            guard let given, given != own else { continue }
            throw ParameterProblem(
                name,
                "\(name) is \(given), but the latent is that of a picture of \(size)",
                hint: "leave out `width` and `height`, and `resize` the picture before it is encoded"
            )
        }
    }

    func run(_ context: RunContext) throws -> LatentArtifact {
        let unet = try model.unet(context)
        let isToldGuidance = unet.config.timeCondProjDim != nil
        let warnings = model.fewStepWarnings(
            steps: timesteps.isEmpty ? steps : timesteps.count,
            guidance: isToldGuidance ? 1 : guidance
        )
        for warning in warnings { context.warn(warning) }
        let noiseSchedule = try model.noiseSchedule(context)
        let timeline = try sampler.schedule(visits, eta: eta, of: noiseSchedule)

        // 1. the start
        var random = TorchRandomSource(seed: seed.value)
        let downscale = try model.vaeConfig(context).downscale
        let picture = try pictureSize(downscale)
        let start = try startingPoint(timeline, downscale, unet.config.latentChannels, picture, &random)

        // 2. the conditions: with guidance, the negative ones come first in the batch
        let isGuided = guidance > 1 && !isToldGuidance
        let textWidth = unet.config.crossAttentionDim
        guard prompt.embeds.shape[2] == textWidth, prompt.pooled.shape[1] == unet.config.pooledTextDim else {
            throw NodeError.sizesDiffer(
                what: "the prompt",
                found: prompt.embeds.shape,
                expected: [1, 77, textWidth],
                hint: "it was encoded with another model's text encoders"
            )
        }
        func batch(_ conditional: Tensor, _ unconditional: Tensor) -> Tensor {
            isGuided ? .concatenated([unconditional, conditional], axis: 0) : conditional
        }
        let (height, width) = (Float(picture.height), Float(picture.width))
        let size = [height, width, 0, 0, height, width]
        let added = UNet2DConditionModel.AddedConditions(
            textEmbeds: batch(prompt.pooled, prompt.negativePooled),
            timeIDs: isGuided ? [size, size] : [size],
            guidance: Float(guidance)
        )
        let text = model.computing { unet.conditioning(context: batch(prompt.embeds, prompt.negativeEmbeds)) }
        let identities = try actingIdentities(
            context,
            unet: unet,
            grid: PixelGrid(height: start.latent.shape[1], width: start.latent.shape[2]),
            noise: noiseSchedule,
            steps: Array(timeline.steps.dropFirst(start.index)),
            batch: batch
        )

        // 3. the loop, from where it was stopped
        let preview = model.latentPreview(context)
        var image: Tensor?
        var done = SamplingProgress(start, random)
        if let kept = context.checkpoints.load({
            try SamplingProgress(record: $0, of: sampler, timeline, from: start)
        }) {
            done = kept
            random = kept.random
            context.progress(kept.state.index - start.index, timeline.steps.count - start.index)
        }
        var checkpoints = SteppedCheckpoints(context, every: min(context.checkpoints.interval, Self.checkpointInterval))
        let latent = try sampler(
            done.state,
            timeline,
            random: &random,
            afterStep: { state, random in
                context.progress(state.index - start.index, timeline.steps.count - start.index)
                done = SamplingProgress(state, random)
                if let preview, let image { context.preview?(preview.picture(of: image)) }
                if state.index < timeline.steps.count { checkpoints.advance { done.record(of: sampler, timeline) } }
            }
        ) { x, step in
            try checkpoints.checkCancellation { done.record(of: sampler, timeline) }
            let denoised = noiseSchedule.output.denoised(x, sigma: step.sigma) { input in
                let output = model.computing(inInt8: ModelPrecision.isInt8Enough(step)) {
                    unet(
                        isGuided ? .concatenated([input, input], axis: 0) : input,
                        timestep: step.timestep,
                        text: text,
                        added: added,
                        identities: identities.filter { $0.sigmas.contains(step.sigma) }.map(\.conditioning)
                    )
                }
                guard isGuided else { return output }
                return guided(
                    unconditional: output.sliced(axis: 0, 0..<1),
                    conditional: output.sliced(axis: 0, 1..<2),
                    scale: Float(guidance)
                )
            }
            image = denoised.image
            return denoised
        }
        return LatentArtifact(latent.channelsFirst(), downscale: downscale)
    }

    /// - Throws: where it makes no whole latent; where it is not that of the latent.
    private func pictureSize(_ downscale: Int) throws -> PictureSize {
        guard let latent else {
            let size = PictureSize(width: width ?? Self.usualSide, height: height ?? Self.usualSide)
            guard size.height % downscale == 0, size.width % downscale == 0 else {
                throw NodeError.unevenPicture(width: size.width, height: size.height, factor: downscale)
            }
            return size
        }
        let (_, _, h, w) = latent.latent.shape4
        let size = PictureSize(width: w * downscale, height: h * downscale)
        try Self.check(width, height, against: size)
        return size
    }

    /// Noise, or the given latent with as much noise as its strength asks for.
    private func startingPoint(
        _ timeline: SamplingSchedule,
        _ downscale: Int,
        _ channels: Int,
        _ picture: PictureSize,
        _ random: inout TorchRandomSource
    ) throws -> SamplerState {
        let shape = [1, picture.height / downscale, picture.width / downscale, channels]
        let noise = random.channelsLastNoise(shape)
        guard let latent else { return timeline.start(noise: noise) }
        let image = latent.latent.channelsLast()
        guard image.shape == shape else {
            throw NodeError.sizesDiffer(
                what: "the latent",
                found: latent.latent.shape,
                expected: [1, channels, shape[1], shape[2]],
                hint: "it was encoded with the VAE of another model"
            )
        }
        return try timeline.start(image: image, noise: noise, strength: strength)
    }

    private var visits: Sampler.Visits { timesteps.isEmpty ? .spaced(steps, schedule) : .timesteps(timesteps) }

    /// What no model's noise levels could make possible; asked for each cell, so that no schedule is made for it.
    private func scheduleProblems() -> [ParameterProblem] {
        if timesteps.isEmpty {
            guard !sampler.takes(schedule) else { return [] }
            let others = TimestepSpacing.allCases.filter { sampler.takes($0) }.map(\.rawValue)
            return [
                ParameterProblem(
                    "schedule",
                    "\(sampler.rawValue) has no schedule \(schedule.rawValue)",
                    hint: "use \(others.joined(separator: ", "))"
                )
            ]
        }
        return Sampler.areFalling(timesteps, below: NoiseScheduleConfiguration.sdxl.numTrainTimesteps)
            ? [] : [ParameterProblem("timesteps", "timesteps must fall, and lie between 0 and 999")]
    }
}
