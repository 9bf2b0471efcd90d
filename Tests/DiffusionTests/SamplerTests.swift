import Diffusion
import TensorTestSupport
import Tensors
import Testing

@Suite struct SamplerTests {
    @Test(arguments: samplersAndSpacings)
    func trajectoriesAreDiffusers(_ sampler: Sampler, _ spacing: TimestepSpacing) throws {
        let noise = try NoiseSchedule()
        for count in stepCounts {
            let key = "\(sampler.rawValue).\(spacing.rawValue).\(count)"
            let schedule = try sampler.schedule(steps: count, spacing: spacing, of: noise)
            var random = TorchRandomSource(seed: 42)
            let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
            let expected = trajectory("\(key).latents", sampler, schedule)
            let found = try latents(sampler, schedule, from: start, random: &random)
            #expect(found.count == expected.count)
            for (i, pair) in zip(found, expected).enumerated() {
                assertClose(pair.0, pair.1, relative: 2.4e-6, "\(key) before step \(i)")
            }
        }
    }

    @Test(arguments: [Sampler.ddim, .dpmpp2M, .dpmppSDE, .euler, .eulerAncestral])
    func velocityModels(_ sampler: Sampler) throws {
        var settings = NoiseScheduleConfiguration.sdxl
        settings.predictionType = .velocity
        let noise = try NoiseSchedule(settings)
        let schedule = try sampler.schedule(steps: 7, spacing: .trailing, of: noise)
        var random = TorchRandomSource(seed: 7)
        let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
        let found = try latents(sampler, schedule, from: start, random: &random, denoise: denoiser(noise.output))
        for (i, pair) in zip(found, trajectory("\(sampler.rawValue).velocity", sampler, schedule)).enumerated() {
            assertClose(pair.0, pair.1, relative: 2.4e-6, "before step \(i)")
        }
    }

    @Test(arguments: [Sampler.ddim, .dpmpp2M, .dpmppSDE, .euler, .eulerAncestral])
    func startPartWay(_ sampler: Sampler) throws {
        let schedule = try sampler.schedule(steps: 7, spacing: .trailing, of: NoiseSchedule())
        var random = TorchRandomSource(seed: 9)
        let image = random.channelsLastNoise([2, 2, 3, 4])
        assertClose(image, golden["\(sampler.rawValue).partway.image"].channelsLast(), relative: 0)
        let noise = random.channelsLastNoise([2, 2, 3, 4])
        let start = try schedule.start(image: image, noise: noise, strength: 0.6)
        #expect(start.index == 3)
        let expected = trajectory("\(sampler.rawValue).partway.latents", sampler, schedule, from: 3)
        let found = try latents(sampler, schedule, from: start, random: &random)
        #expect(found.count == 5 && expected.count == 5)
        for (i, pair) in zip(found, expected).enumerated() {
            assertClose(pair.0, pair.1, relative: 2.4e-6, "before step \(3 + i)")
        }
    }

    /// A model that sees the truth ends at it, in one step or many. DDIM keeps the noise of timestep 0.
    @Test(arguments: Sampler.allCases)
    func aPerfectModelOfEachKindFindsTheImage(_ sampler: Sampler) throws {
        let image = Tensor((0..<48).map { Float($0 % 7) / 7 - 0.5 }, shape: [1, 3, 4, 4])
        for kind in PredictionType.allCases {
            var settings = NoiseScheduleConfiguration.sdxl
            settings.predictionType = kind
            let noise = try NoiseSchedule(settings)
            for count in [1, 3, 8] {
                let schedule = try sampler.schedule(steps: count, spacing: .trailing, of: noise)
                var random = TorchRandomSource(seed: 1)
                let start = schedule.start(noise: random.channelsLastNoise(image.shape))
                let result = try sampler(start, schedule, random: &random) { x, step in
                    let alpha = 1 / (step.sigma * step.sigma + 1).squareRoot()
                    return noise.output.denoised(x, sigma: step.sigma) { input in
                        let truth = (input - image * alpha) / (alpha * step.sigma)
                        return switch kind {
                        case .epsilon: truth
                        case .velocity: truth * alpha - image * (alpha * step.sigma)
                        case .sample: image
                        }
                    }
                }
                if sampler == .ddim || sampler == .tcd {
                    #expect(difference(result, image).largestAbsolute < 4 * noise.sigmas[0])
                } else {
                    #expect(difference(result, image).largestAbsolute < 2e-5, "\(kind), \(count) steps")
                }
            }
        }
    }

    @Test(arguments: Sampler.allCases)
    func aKeptStateGoesOnWithTheSameBits(_ sampler: Sampler) throws {
        let schedule = try sampler.schedule(steps: 6, spacing: .leading, of: NoiseSchedule())
        var random = TorchRandomSource(seed: 3)
        let start = schedule.start(noise: random.channelsLastNoise([1, 2, 2, 4]))
        var states: [(SamplerState, words: [UInt32])] = []
        let whole = try sampler(
            start,
            schedule,
            random: &random,
            afterStep: { states.append(($0, $1.words)) },
            denoise: denoiser()
        )
        #expect(states.map(\.0.index) == [1, 2, 3, 4, 5, 6])
        #expect(states.allSatisfy { !$0.0.estimates.isEmpty })
        for (state, words) in states {
            var again = try #require(TorchRandomSource(words: words))
            let resumed = try sampler(state, schedule, random: &again, denoise: denoiser())
            #expect(resumed.values == whole.values, "after step \(state.index)")
            #expect(again.words == random.words)
        }
    }

    @Test(arguments: Sampler.allCases)
    func whatAClosureThrowsEndsTheSampling(_ sampler: Sampler) throws {
        struct Cancelled: Error {}
        let schedule = try sampler.schedule(steps: 5, spacing: .trailing, of: NoiseSchedule())
        var random = TorchRandomSource(seed: 3)
        let start = schedule.start(noise: random.channelsLastNoise([1, 2, 2, 4]))
        var calls = 0
        #expect(throws: Cancelled.self) {
            try sampler(
                start,
                schedule,
                random: &random,
                afterStep: { state, _ in if state.index == 2 { throw Cancelled() } },
                denoise: {
                    calls += 1
                    return denoiser()($0, $1)
                }
            )
        }
        #expect(calls == ([.dpmppSDE, .heun].contains(sampler) ? 4 : 2))
        #expect(throws: Cancelled.self) {
            try sampler(start, schedule, random: &random, denoise: { _, _ in throw Cancelled() })
        }
    }

    /// Training goes back through the sampling: the gradient agrees with a difference quotient.
    @Test(arguments: Sampler.allCases)
    func gradientsFlowThroughEveryStep(_ sampler: Sampler) throws {
        let schedule = try sampler.schedule(steps: 4, spacing: .trailing, of: NoiseSchedule())
        func loss(_ bias: Tensor) throws -> Tensor {
            var random = TorchRandomSource(seed: 3)
            let start = schedule.start(noise: random.channelsLastNoise([1, 2, 2, 4]))
            return try sampler(start, schedule, random: &random) { x, step in
                NoiseSchedule.sdxl.output.denoised(x, sigma: step.sigma) { model($0.addingRow(bias), step) }
            }.mean()
        }
        let bias = Tensor([0.1, -0.2, 0.3, 0], shape: [4]).tracked()
        let gradient = gradients(of: try loss(bias), for: [bias])[0].values
        for c in 0..<4 {
            var (up, down) = (bias.values, bias.values)
            up[c] += 0.02
            down[c] -= 0.02
            let slope = (try loss(Tensor(up, shape: [4])).values[0] - loss(Tensor(down, shape: [4])).values[0]) / 0.04
            #expect(abs(slope - gradient[c]) < 0.02 * abs(slope) + 1e-3, "channel \(c): \(slope), \(gradient[c])")
        }
    }
}
