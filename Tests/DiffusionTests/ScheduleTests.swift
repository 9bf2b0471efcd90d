import Diffusion
import TensorTestSupport
import Tensors
import Testing

/// What `scripts/goldens/schedules.py` wrote.
private var schedules: Golden { Golden("schedules.safetensors", #filePath) }

/// Noise levels beyond SDXL's, and the samplers of distilled models, as diffusers and ComfyUI have them.
@Suite struct ScheduleTests {
    /// Sampled as diffusers does it: the same levels, timesteps and latents.
    private func check(
        _ key: String,
        _ sampler: Sampler,
        _ visits: Sampler.Visits,
        _ noise: NoiseSchedule,
        eta: Double = 0.3,
        isAtUnitVariance: Bool,
        relative: Float = 1e-5
    ) throws {
        let schedule = try sampler.schedule(visits, eta: eta, of: noise)
        // Numbers that a model is told between timesteps are logarithms in 32 bits.
        for (a, b) in zip(schedule.steps.map(\.timestep), schedules["\(key).timesteps"].values) {
            #expect(abs(a - b) <= 1e-6, "\(key)")
        }
        var random = TorchRandomSource(seed: 42)
        let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
        let found = try latents(sampler, schedule, from: start, random: &random, denoise: denoiser(noise.output))
        let expected = trajectory(schedules["\(key).latents"], schedule, isAtUnitVariance: isAtUnitVariance)
        #expect(found.count == expected.count)
        for (i, pair) in zip(found, expected).enumerated() {
            assertClose(pair.0, pair.1, relative: relative, "\(key) before step \(i)")
        }
    }

    @Test(arguments: [Sampler.euler, .eulerAncestral, .dpmpp2M, .ddim])
    func zeroTerminalSNR(_ sampler: Sampler) throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.predictionType = .velocity
        settings.zeroTerminalSNR = .diffusers
        settings.setAlphaToOne = sampler == .ddim
        let noise = try NoiseSchedule(settings)
        assertClose(
            Tensor(noise.sigmas, shape: [1000]),
            schedules["zero.table"],
            relative: 3.6e-7,
            "the table"
        )
        for count in [1, 4, 20] {
            try check(
                "zero.\(sampler.rawValue).\(count)",
                sampler,
                .spaced(count, .trailing),
                noise,
                isAtUnitVariance: sampler == .dpmpp2M || sampler == .ddim,
                // diffusers' Euler takes differences of numbers of some 4096 in 32 bits.
                relative: sampler == .euler || sampler == .eulerAncestral ? 3e-4 : 1e-5
            )
        }
    }

    /// ComfyUI 0.3.64's levels, as it was run.
    @Test func zeroTerminalSNROfComfyUI() throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.predictionType = .velocity
        settings.zeroTerminalSNR = .comfyui
        let noise = try NoiseSchedule(settings)
        try expect(.simple, 4, noise, [4518.763672, 5.398738, 1.768080, 0.727056])
        try expect(.sgmUniform, 4, noise, [4518.763672, 5.406622, 1.771316, 0.729144])
        try expect(.normal, 4, noise, [4518.763672, 3.500933, 0.986897, 0.029167])
        try expect(.beta, 4, noise, [4518.763672, 8.822837, 1.774557, 0.537635])
        let whole = Sampler.euler
        #expect(try whole.schedule(steps: 4, spacing: .trailing, of: noise).steps[0].sigma == noise.sigmas[999])
    }

    /// Where nothing is left of the image, a step is exact, however the noise is drawn.
    @Test func theFirstStepFromNoiseAlone() throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.predictionType = .velocity
        settings.zeroTerminalSNR = .diffusers
        let noise = try NoiseSchedule(settings)
        let schedule = try Sampler.ddim.schedule(steps: 4, spacing: .trailing, of: noise)
        #expect(schedule.steps[0].sigma == .infinity)
        var random = TorchRandomSource(seed: 1)
        let n = random.channelsLastNoise([1, 2, 2, 4])
        let velocity = Tensor(repeating: 0.25, shape: n.shape)
        let seen = noise.output.denoised(schedule.start(noise: n).latent, sigma: .infinity) { _ in velocity }
        #expect(seen.image.values == velocity.values.map { -$0 } && seen.noise.values == n.values)
    }

    @Test func noiseCannotBePredictedFromNoiseAlone() {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.zeroTerminalSNR = .comfyui
        #expect(throws: NoiseScheduleError.self) { try NoiseSchedule(settings) }
    }

    @Test func squaredCosine() throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.betaSchedule = .squaredCosine
        assertClose(
            Tensor(try NoiseSchedule(settings).sigmas, shape: [1000]),
            schedules["cosine.table"],
            relative: 3.6e-7
        )
    }

    @Test(arguments: [Sampler.euler, .dpmpp2M], [TimestepSpacing.karras, .exponential])
    func edm(_ sampler: Sampler, _ spacing: TimestepSpacing) throws {
        for (name, settings) in [("playground", EDMConfiguration()), ("cosxl", .cosXL())] {
            let noise = try NoiseSchedule(.edm(settings))
            // One exponential step of diffusers starts at the smallest level; ours at the largest.
            for count in spacing == .karras ? [1, 4, 20] : [4, 20] {
                try check(
                    "\(name).\(sampler.rawValue).\(spacing.rawValue).\(count)",
                    sampler,
                    .spaced(count, spacing),
                    noise,
                    isAtUnitVariance: false,
                    relative: 3e-5
                )
            }
        }
    }

    /// ComfyUI 0.3.64's levels of Playground 2.5 and CosXL.
    @Test func edmOfComfyUI() throws {
        let playground = try NoiseSchedule(.edm(EDMConfiguration()))
        try expect(.simple, 4, playground, [80, 5.64187, 0.39788, 0.02806])
        try expect(.sgmUniform, 4, playground, [80, 5.65685, 0.4, 0.02828])
        try expect(.trailing, 4, playground, [80, 5.64187, 0.39788, 0.02806])
        let cosXL = try NoiseSchedule(.edm(.cosXL()))
        try expect(.simple, 4, cosXL, [120, 7.64624, 0.48721, 0.03104])
        try expect(.normal, 4, cosXL, [120, 3.06524, 0.07830, 0.002])
        for sampler in [Sampler.ddim, .lcm, .tcd] {
            #expect(throws: NoiseScheduleError.needsTimesteps(sampler)) {
                try sampler.schedule(steps: 4, spacing: .trailing, of: cosXL)
            }
        }
        #expect(throws: NoiseScheduleError.notForEDM(.alignYourSteps)) {
            try Sampler.euler.schedule(steps: 4, spacing: .alignYourSteps, of: cosXL)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 8, 50])
    func lcm(_ count: Int) throws {
        try check("lcm.\(count)", .lcm, .spaced(count, .lcm), .sdxl, isAtUnitVariance: true)
    }

    @Test(arguments: [0, 0.3, 1], [1, 2, 4, 8])
    func tcd(_ eta: Double, _ count: Int) throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.setAlphaToOne = true
        try check(
            "tcd.\(eta).\(count)",
            .tcd,
            .spaced(count, .lcm),
            NoiseSchedule(settings),
            eta: eta,
            isAtUnitVariance: true
        )
    }

    @Test func timestepsByNumber() throws {
        for (name, timesteps) in [("dmd2", [999, 749, 499, 249]), ("hyper", [800])] {
            try check("\(name).lcm", .lcm, .timesteps(timesteps), .sdxl, isAtUnitVariance: true)
            try check("\(name).euler", .euler, .timesteps(timesteps), .sdxl, isAtUnitVariance: false)
        }
        for wrong in [[], [1000], [-1], [5, 5], [3, 700]] {
            #expect(throws: NoiseScheduleError.timesteps(wrong, count: 1000)) {
                try Sampler.lcm.schedule(.timesteps(wrong), of: .sdxl)
            }
        }
    }

    @Test func distilledModels() throws {
        var image = NoiseScheduleConfiguration.sdxl
        image.predictionType = .sample
        try check("image.euler.1", .euler, .spaced(1, .trailing), NoiseSchedule(image), isAtUnitVariance: false)
        try check("turbo.euler_ancestral.2", .eulerAncestral, .spaced(2, .trailing), .sdxl, isAtUnitVariance: false)
        var one = NoiseScheduleConfiguration.sdxl
        one.setAlphaToOne = true
        try check("one.ddim.4", .ddim, .spaced(4, .trailing), NoiseSchedule(one), isAtUnitVariance: true)
    }

    private func expect(_ spacing: TimestepSpacing, _ count: Int, _ noise: NoiseSchedule, _ sigmas: [Float]) throws {
        let found = try Sampler.euler.schedule(steps: count, spacing: spacing, of: noise).steps.map(\.sigma)
        #expect(found.count == sigmas.count)
        // As many digits as were written down.
        for (a, b) in zip(found, sigmas) { #expect(abs(a - b) <= 1e-5 * max(1, b), "\(spacing.rawValue): \(a), \(b)") }
    }

    /// ComfyUI 0.3.64's schedules of SDXL, as it was run.
    @Test func schedulesOfComfyUI() throws {
        let expected: [(TimestepSpacing, [Float])] = [
            (.normal, [14.61464, 2.91831, 0.93236, 0.02917]), (.simple, [14.61464, 4.08173, 1.61289, 0.69320]),
            (.sgmUniform, [14.61464, 4.08608, 1.61558, 0.69515]),
            (.exponential, [14.61464, 1.84002, 0.23166, 0.02917]),
            (.beta, [14.61464, 5.68659, 1.61828, 0.51539]),
            (.alignYourSteps, [14.61464, 2.86687, 0.86207, 0.29765]),
            (.klOptimal, [14.61463, 1.59707, 0.57291, 0.02917]), (.klOptimal, [14.61464]),
            (
                .klOptimal,
                [
                    14.61463, 6.80715, 4.40147, 3.22191, 2.51469, 2.03866, 1.69282, 1.42737, 1.21493, 1.03914, 0.88961,
                    0.75942, 0.64374, 0.53908, 0.44283, 0.35298, 0.26794, 0.18636, 0.10711, 0.02917,
                ]
            ),
            (
                .simple,
                [
                    14.61464, 10.90424, 8.30280, 6.44296, 5.08776, 4.08173, 3.32108, 2.73547, 2.27646, 1.91025, 1.61289,
                    1.36717, 1.16058, 0.98382, 0.82986, 0.69320, 0.56928, 0.45382, 0.34167, 0.22300,
                ]
            ),
            (
                .sgmUniform,
                [
                    14.61464, 10.90732, 8.30717, 6.44769, 5.09241, 4.08608, 3.32507, 2.73908, 2.27973, 1.91321, 1.61558,
                    1.36964, 1.16286, 0.98596, 0.83188, 0.69515, 0.57119, 0.45574, 0.34370, 0.22545,
                ]
            ),
            (
                .beta,
                [
                    14.61464, 13.51570, 11.54277, 9.38892, 7.37184, 5.68659, 4.37280, 3.37472, 2.61524, 2.04731,
                    1.61828,
                    1.28462, 1.02733, 0.82122, 0.65489, 0.51539, 0.39551, 0.29128, 0.19906, 0.11142,
                ]
            ),
            (
                .alignYourSteps,
                [14.61464, 6.31845, 3.76818, 2.18115, 1.34052, 0.86207, 0.55507, 0.37985, 0.23324, 0.11142]
            ),
            (
                .alignYourSteps,
                [
                    14.61464, 9.60947, 6.31845, 4.87945, 3.76818, 2.86687, 2.18115, 1.70994, 1.34052, 1.07500, 0.86207,
                    0.69174, 0.55507, 0.45918, 0.37985, 0.29765, 0.23324, 0.16120, 0.11142, 0.05701,
                ]
            ),
        ]
        for (spacing, sigmas) in expected { try expect(spacing, sigmas.count, .sdxl, sigmas) }
        // 28 steps, where simple and trailing part.
        let simple = try Sampler.euler.schedule(steps: 28, spacing: .simple, of: .sdxl).steps.prefix(5).map(\.timestep)
        #expect(simple == [999, 964, 928, 892, 857])
        let trailing = try Sampler.euler.schedule(steps: 28, spacing: .trailing, of: .sdxl).steps.prefix(5)
        #expect(trailing.map(\.timestep) == [999, 963, 928, 892, 856])
    }
}
