import Diffusion
import Graph
import Models
import Tensors

/// The denoising loop of SDXL with PuLID's identity attention.
///
/// diffusers: StableDiffusionXLPipeline.__call__; PuLID: pulid/pipeline.py::inference
struct Sample: Node {
    static let version = 4
    static let help =
        "Goes from noise (or from a latent) to a latent of the prompt, with the identities that are given."
    static let precision = PrecisionUse.always

    @Input("whose UNet", part: "unet") var model: SDXLModel
    @Input("what to draw") var prompt: PromptArtifact
    @Input("whom to draw, one person or several (see place_id); needs pulid") var identity: AnyNumber<IdentityArtifact>
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
        "the part of the way from noise to picture, in training timesteps, from which on the identity acts",
        in: 0...1
    )
    var startAt: Double = 0
    @Parameter("the part up to which it acts; with 4 trailing steps, 0.5 is the first two", in: 0...1)
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
    @Parameter("in pixels, a multiple of 8", in: 16...4096) var width: Int = 1024
    @Parameter("in pixels, a multiple of 8", in: 16...4096) var height: Int = 1024
    @Parameter("with latent: the part of the steps that are run; 1 leaves the least of it", in: 0...1)
    var strength: Double = 0.6

    /// A checkpoint takes milliseconds; a step of SDXL takes seconds.
    private static let checkpointInterval = Duration.seconds(2)

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let pixels = parameters.whole("width") * parameters.whole("height")
        let calls = parameters.number("guidance") > 1 ? 2 : 1
        return 64 << 20 + WorkingMemory.unetPerPixel * pixels * calls
    }

    func problems() -> [ParameterProblem] {
        [("width", width), ("height", height)].compactMap { name, size in
            size % 8 == 0
                ? nil
                : ParameterProblem(
                    name,
                    "\(name) is \(size), which is not a multiple of 8",
                    hint: "use \(size / 8 * 8) or \(size / 8 * 8 + 8)"
                )
        } + scheduleProblems() + windowProblems(startAt: startAt, endAt: endAt)
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
        let start = try startingPoint(timeline, downscale, unet.config.latentChannels, &random)

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
        let size = [Float(height), Float(width), 0, 0, Float(height), Float(width)]
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
                if state.index < timeline.steps.count { checkpoints.advance { done.record(of: sampler, timeline) } }
            }
        ) { x, step in
            try checkpoints.checkCancellation { done.record(of: sampler, timeline) }
            return noiseSchedule.output.denoised(x, sigma: step.sigma) { input in
                let output = model.computing {
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
        }
        return LatentArtifact(latent.channelsFirst(), downscale: downscale)
    }

    /// Noise, or the given latent with as much noise as its strength asks for.
    private func startingPoint(
        _ timeline: SamplingSchedule,
        _ downscale: Int,
        _ channels: Int,
        _ random: inout TorchRandomSource
    ) throws -> SamplerState {
        guard height % downscale == 0, width % downscale == 0 else {
            throw NodeError.unevenPicture(width: width, height: height, factor: downscale)
        }
        let shape = [1, height / downscale, width / downscale, channels]
        let noise = random.channelsLastNoise(shape)
        guard let latent else { return timeline.start(noise: noise) }
        let image = latent.latent.channelsLast()
        guard image.shape == shape else {
            throw NodeError.sizesDiffer(
                what: "the latent",
                found: latent.latent.shape,
                expected: [1, channels, shape[1], shape[2]],
                hint: "give sample the width and height of the picture it was encoded from"
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
