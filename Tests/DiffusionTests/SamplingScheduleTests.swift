import Diffusion
import TensorTestSupport
import Tensors
import Testing

@Suite struct SamplingScheduleTests {
    @Test(arguments: samplersAndSpacings)
    func timestepsAndSigmasAreDiffusers(_ sampler: Sampler, _ spacing: TimestepSpacing) throws {
        let noise = try NoiseSchedule()
        for count in stepCounts {
            let key = "\(sampler.rawValue).\(spacing.rawValue).\(count)"
            let schedule = try sampler.schedule(steps: count, spacing: spacing, of: noise)
            #expect(schedule.steps.map(\.timestep) == golden["\(key).timesteps"].values, "\(key)")
            let found = schedule.steps.map(\.sigma) + (sampler == .ddim ? [] : [schedule.steps[count - 1].next])
            let expected = golden["\(key).sigmas"].values
            #expect(found.count == expected.count)
            // One unit in the last place: see NoiseScheduleTests.
            for (a, b) in zip(found, expected) { #expect(abs(a - b) <= b.ulp, "\(key)") }
            #expect(schedule.steps.map(\.index) == Array(0..<count))
            #expect(schedule.steps.allSatisfy { $0.count == count })
        }
    }

    @Test(arguments: [16, 61, 1000])
    func trailingRoundsToEvenAndKeepsTheCount(_ count: Int) throws {
        let schedule = try Sampler.dpmpp2M.schedule(steps: count, spacing: .trailing, of: NoiseSchedule())
        let expected = golden["trailing.\(count)"].values
        // diffusers adds a step at timestep -1 here.
        if count == 61 { #expect(expected.count == 62 && expected.last == -1) }
        #expect(schedule.steps.map(\.timestep) == Array(expected.prefix(count)))
    }

    @Test func theOffsetMayLeadPastTheTable() throws {
        let noise = try NoiseSchedule()
        let schedule = try Sampler.euler.schedule(steps: 1000, spacing: .leading, of: noise)
        #expect(schedule.steps.map(\.timestep) == golden["euler.leading.1000"].values)
        #expect(schedule.steps[0].sigma == noise.sigmas[999])
    }

    @Test func countsThatCannotBeSpacedAreRefused() throws {
        let noise = try NoiseSchedule()
        for (sampler, spacing) in samplersAndSpacings {
            let most = sampler == .dpmpp2M && spacing == .leading ? 999 : 1000
            for count in [0, -3, most + 1, .max] {
                #expect(throws: NoiseScheduleError.stepCount(count, allowed: 1...most)) {
                    try sampler.schedule(steps: count, spacing: spacing, of: noise)
                }
            }
            if sampler == .dpmppSDE, spacing == .leading { continue }
            let full = try sampler.schedule(steps: most, spacing: spacing, of: noise)
            #expect(full.steps.count == most)
        }
        #expect(throws: NoiseScheduleError.spacing(.karras, sampler: .ddim)) {
            try Sampler.ddim.schedule(steps: 4, spacing: .karras, of: noise)
        }
    }

    /// The offset leads past the table, where two steps start from its end: dpmpp_sde would divide 0 by 0.
    @Test(arguments: [(1000, 1, true), (999, 1, false), (500, 1, false), (500, 3, true)])
    func stepsWithoutAWayAreRefused(count: Int, offset: Int, refused: Bool) throws {
        var configuration = NoiseScheduleConfiguration.sdxl
        configuration.stepsOffset = offset
        let noise = try NoiseSchedule(configuration)
        guard refused else {
            let schedule = try Sampler.dpmppSDE.schedule(steps: count, spacing: .leading, of: noise)
            #expect(schedule.between.count == count - 1)
            return
        }
        #expect(throws: NoiseScheduleError.noWay(step: 0, of: count, .leading, sampler: .dpmppSDE)) {
            try Sampler.dpmppSDE.schedule(steps: count, spacing: .leading, of: noise)
        }
    }

    @Test func strengthChoosesWhereToStart() throws {
        let schedule = try Sampler.euler.schedule(steps: 25, spacing: .trailing, of: NoiseSchedule())
        let image = Tensor((0..<24).map { Float($0) / 24 }, shape: [1, 2, 3, 4])
        let noise = Tensor(repeating: 1, shape: image.shape)
        for (strength, index) in [(0.0, 25), (0.03, 25), (0.04, 24), (0.28, 18), (0.5, 13), (0.99, 1), (1.0, 0)] {
            let state = try schedule.start(image: image, noise: noise, strength: strength)
            #expect(state.index == index, "strength \(strength)")
            let sigma = index == 25 ? 0 : schedule.steps[index].sigma
            assertClose(state.latent, image + noise * sigma, relative: 0)
        }
        for strength in [-0.1, 1.1, .nan] {
            #expect(throws: NoiseScheduleError.self) {
                try schedule.start(image: image, noise: noise, strength: strength)
            }
        }
    }
}
