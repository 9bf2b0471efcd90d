import Diffusion
import TensorTestSupport
import Tensors
import Testing

@Suite struct BrownianTreeTests {
    /// Nested and neighbouring intervals, some of a single digit, and one that reaches beyond the path.
    @Test func incrementsAreThoseOfTorchsde() {
        let path = BrownianTree(from: 0.03, to: 14.6, seed: 1 << 62 + 12345)
        let (ends, expected) = (golden["tree.ends"].values, golden["tree.increments"])
        for i in 0..<ends.count / 2 {
            let found = path.increment(from: ends[2 * i], to: ends[2 * i + 1], shape: [2, 2, 3, 4])
            let increment = expected.sliced(axis: 0, i..<i + 1).reshaped([2, 4, 2, 3]).channelsLast()
            assertClose(found, increment, relative: 2e-7, "interval \(i)")
        }
    }

    @Test func incrementsAddUpWhereverThePathIsCut() {
        let path = BrownianTree(from: 0.03, to: 14.6, seed: 5)
        let shape = [1, 4, 4, 4]
        let whole = path.increment(from: 0.5, to: 9.25, shape: shape)
        for cut: Float in [0.500001, 1, 3.14159, 9.2] {
            let parts =
                path.increment(from: 0.5, to: cut, shape: shape) + path.increment(from: cut, to: 9.25, shape: shape)
            assertClose(parts, whole, relative: 1.3e-6, "cut at \(cut)")
        }
        #expect(path.increment(from: 2, to: 2, shape: shape).values.allSatisfy { $0 == 0 })
        #expect(path.increment(from: 9.25, to: 0.5, shape: shape).values == whole.values)
    }

    /// A step of PuLID v1.1's other loop, which diffusers' DPM-Solver equals.
    @Test func dpmpp2MIsPuLIDsToo() throws {
        let schedule = try Sampler.dpmpp2M.schedule(steps: 25, spacing: .karras, of: NoiseSchedule())
        var random = TorchRandomSource(seed: 42)
        let start = schedule.start(noise: random.channelsLastNoise([2, 2, 3, 4]))
        let found = try Sampler.dpmpp2M(start, schedule, random: &random, denoise: denoiser())
        assertClose(found, golden["dpmpp_2m.pulid.25"].channelsLast(), relative: 1.3e-6)
    }
}
