import Diffusion
import TensorTestSupport
import Tensors
import Testing

/// heun and dpmpp_2m_sde against diffusers' scheduler and k-diffusion's loop (scripts/goldens/second_order.py).
struct SecondOrderTests {
    private let golden = Golden("second_order.safetensors", #filePath)

    @Test(arguments: [TimestepSpacing.leading, .trailing, .linspace]) func heun(_ spacing: TimestepSpacing) throws {
        try compare(.heun, spacing, stepCounts, relative: 1e-5)
    }

    /// k-diffusion's fails with one step.
    @Test(arguments: [TimestepSpacing.leading, .trailing, .linspace, .karras])
    func dpmpp2MSDE(_ spacing: TimestepSpacing) throws {
        try compare(.dpmpp2MSDE, spacing, [2, 4, 7, 25], relative: 2.3e-6)
    }

    private func compare(
        _ sampler: Sampler,
        _ spacing: TimestepSpacing,
        _ counts: [Int],
        relative: Float
    ) throws {
        let noise = try NoiseSchedule()
        for count in counts {
            let key = "\(sampler.rawValue).\(spacing.rawValue).\(count)"
            let schedule = try sampler.schedule(steps: count, spacing: spacing, of: noise)
            var random = TorchRandomSource(seed: 42)
            let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
            let expected = trajectory(golden[key], schedule, isAtUnitVariance: false)
            let found = try latents(sampler, schedule, from: start, random: &random)
            #expect(found.count == expected.count)
            for (i, pair) in zip(found, expected).enumerated() {
                assertClose(pair.0, pair.1, relative: relative, "\(key) before step \(i)")
            }
        }
    }
}
