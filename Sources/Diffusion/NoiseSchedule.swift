import Elementary

/// The noise levels a model was trained with: one per training timestep.
///
/// diffusers: the table that every scheduler's `__init__` makes. Its 32-bit steps are followed to the bit up to the
/// last square root, so sigmas differ from diffusers' by at most one unit in the last place.
public struct NoiseSchedule: Sendable {
    public let configuration: NoiseScheduleConfiguration
    /// sqrt((1 - ᾱ) / ᾱ) for each training timestep, rising: the noise's deviation where the image keeps its scale.
    public let sigmas: [Float]

    /// - Throws: `NoiseScheduleError` when a setting makes no schedule or is one this code does not follow.
    public init(_ configuration: NoiseScheduleConfiguration = .sdxl) throws {
        try configuration.validate()
        self.configuration = configuration
        sigmas = configuration.noiseLevels
    }

    public var predictionType: PredictionType { configuration.predictionType }

    /// Sigma at a timestep, between the integers by straight lines, outside the table its ends (`numpy.interp`).
    public func sigma(at timestep: Float) -> Float {
        let position = min(max(Double(timestep), 0), Double(sigmas.count - 1))
        let low = Int(position)
        guard low + 1 < sigmas.count else { return sigmas[low] }
        let (a, b) = (Double(sigmas[low]), Double(sigmas[low + 1]))
        return Float((b - a) * (position - Double(low)) + a)
    }

    /// The training timestep whose sigma is nearest to `sigma` in logarithm, as k-diffusion's discrete schedules have
    /// it; the smaller one of two as near.
    public func timestep(nearest sigma: Float) -> Int {
        let wanted = Double.log2(Double(sigma))
        var best = (timestep: 0, distance: Double.infinity)
        for (timestep, candidate) in sigmas.enumerated() {
            let distance = abs(Double.log2(Double(candidate)) - wanted)
            if distance < best.distance { best = (timestep, distance) }
        }
        return best.timestep
    }
}

extension NoiseScheduleConfiguration {
    /// sqrt((1 - ᾱ) / ᾱ) for each training timestep.
    var noiseLevels: [Float] { cumulativeAlphas(betas(self)).map { ((1 - $0) / $0).squareRoot() } }
}

/// `torch.linspace` in 32 bits: counted from both ends, each value rounded once.
private func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return Array(repeating: start, count: count) }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { i in
        i < count / 2 ? start.addingProduct(step, Float(i)) : end.addingProduct(-step, Float(count - 1 - i))
    }
}

private func betas(_ c: NoiseScheduleConfiguration) -> [Float] {
    switch c.betaSchedule {
    case .linear: linspace(Float(c.betaStart), Float(c.betaEnd), c.numTrainTimesteps)
    case .scaledLinear:
        linspace(Float(c.betaStart.squareRoot()), Float(c.betaEnd.squareRoot()), c.numTrainTimesteps).map { $0 * $0 }
    }
}

/// `torch.cumprod` of 1 - beta: the running product is kept in 64 bits.
private func cumulativeAlphas(_ betas: [Float]) -> [Float] {
    var product = 1.0
    return betas.map { beta in
        product *= Double(1 - beta)
        return Float(product)
    }
}
