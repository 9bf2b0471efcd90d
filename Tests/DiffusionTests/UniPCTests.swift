import Diffusion
import TensorTestSupport
import Tensors
import Testing

/// uni_pc and uni_pc_bh2 against diffusers' UniPCMultistepScheduler of third order (scripts/goldens/unipc.py).
struct UniPCTests {
    private let golden = Golden("unipc.safetensors", #filePath)

    @Test(arguments: [Sampler.uniPC, .uniPCBH2], [TimestepSpacing.leading, .trailing, .linspace, .karras])
    func trajectories(_ sampler: Sampler, _ spacing: TimestepSpacing) throws {
        for count in stepCounts {
            let schedule = try sampler.schedule(steps: count, spacing: spacing, of: .sdxl)
            var random = TorchRandomSource(seed: 42)
            let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
            try compare("\(sampler.rawValue).\(spacing.rawValue).\(count)", sampler, schedule, from: start)
        }
    }

    @Test(arguments: [Sampler.uniPC, .uniPCBH2]) func velocity(_ sampler: Sampler) throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.predictionType = .velocity
        let noise = try NoiseSchedule(settings)
        let schedule = try sampler.schedule(steps: 7, spacing: .trailing, of: noise)
        var random = TorchRandomSource(seed: 42)
        let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
        try compare("\(sampler.rawValue).velocity", sampler, schedule, from: start, noise.output)
    }

    /// The first step of what is left is of first order.
    @Test(arguments: [Sampler.uniPC, .uniPCBH2]) func partWay(_ sampler: Sampler) throws {
        let schedule = try sampler.schedule(steps: 7, spacing: .trailing, of: .sdxl)
        var random = TorchRandomSource(seed: 42)
        let noise = random.channelsLastNoise([2, 2, 3, 4])
        let image = random.channelsLastNoise([2, 2, 3, 4])
        let start = try schedule.start(image: image, noise: noise, strength: 0.6)
        #expect(start.index == 3)
        try compare("\(sampler.rawValue).partway", sampler, schedule, from: start)
    }

    /// A thousand of DPM-Solver's linspace steps are some at one timestep, where the curve of estimates has no slope.
    @Test(arguments: [Sampler.uniPC, .uniPCBH2]) func twoStepsAtOneLevel(_ sampler: Sampler) {
        #expect(throws: NoiseScheduleError.self) {
            try sampler.schedule(steps: 1000, spacing: .linspace, of: .sdxl)
        }
    }

    private func compare(
        _ key: String,
        _ sampler: Sampler,
        _ schedule: SamplingSchedule,
        from start: SamplerState,
        _ output: ModelOutput = NoiseSchedule.sdxl.output
    ) throws {
        var random = TorchRandomSource(seed: 0)
        let found = try latents(sampler, schedule, from: start, random: &random, denoise: denoiser(output))
        let expected = trajectory(golden[key], schedule, isAtUnitVariance: true, from: start.index)
        #expect(found.count == expected.count)
        for (i, pair) in zip(found, expected).enumerated() {
            assertClose(pair.0, pair.1, relative: 2.9e-6, "\(key) before step \(start.index + i)")
        }
    }
}
