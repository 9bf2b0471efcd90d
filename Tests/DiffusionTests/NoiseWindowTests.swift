import Diffusion
import TensorTestSupport
import Testing

/// Stretches of the way from noise to picture, as ComfyUI's nodes count it.
@Suite struct NoiseWindowTests {
    let golden = Golden("window.safetensors", #filePath)

    @Test func endsAreComfyUIs() throws {
        let noise = try NoiseSchedule()
        let expected = golden["sigmas"].values
        for (part, sigma) in zip(golden["parts"].values, expected) {
            let window = noise.sigmas(from: 0, to: Double(part))
            #expect(window.upperBound == .infinity)
            #expect(abs(window.lowerBound - sigma) <= 2e-6 * sigma, "\(part): \(window.lowerBound), \(sigma)")
            #expect(noise.sigmas(from: Double(part), to: 1) == 0...window.lowerBound)
        }
    }

    @Test func theWholeWayIsEveryLevel() throws {
        #expect(try NoiseSchedule().sigmas(from: 0, to: 1) == 0...Float.infinity)
    }

    /// A step belongs to the stretch from its own start on, and to the one before no longer.
    @Test(arguments: [4, 8, 10, 25])
    func trailingStepsFallIntoTheirOwnPart(count: Int) throws {
        let noise = try NoiseSchedule()
        let steps = try Sampler.euler.schedule(steps: count, spacing: .trailing, of: noise).steps
        for cut in 1..<count {
            let part = Double(cut) / Double(count)
            let early = noise.sigmas(from: 0, to: part)
            let late = noise.sigmas(from: part, to: 1)
            #expect(steps.map { early.contains($0.sigma) } == (0..<count).map { $0 < cut }, "\(cut) of \(count)")
            #expect(steps.map { late.contains($0.sigma) } == (0..<count).map { $0 >= cut }, "\(cut) of \(count)")
        }
    }
}
