import Elementary

/// Continuous noise levels, of which the model is told ln(sigma) / 4: Playground 2.5's and CosXL's.
///
/// Karras et al. 2022; diffusers: schedulers/scheduling_edm_euler.py and scheduling_edm_dpmsolver_multistep.py
public struct EDMConfiguration: Hashable, Sendable {
    public enum Prediction: Hashable, Sendable {
        /// What diffusers calls epsilon here: c_out is positive.
        case preconditioned
        case velocity
    }

    public var sigmaMin = 0.002
    public var sigmaMax = 80.0
    public var sigmaData = 0.5
    public var prediction = Prediction.preconditioned

    /// ComfyUI's table has as many, even in the logarithm of sigma.
    static let levels = 1000

    public init() {}

    /// - Parameter sigmaMax: CosXL's unless given
    public static func cosXL(sigmaMin: Double = 0.002, sigmaMax: Double = 120) -> EDMConfiguration {
        var settings = EDMConfiguration()
        (settings.sigmaMin, settings.sigmaMax, settings.sigmaData) = (sigmaMin, sigmaMax, 1)
        settings.prediction = .velocity
        return settings
    }

    var output: ModelOutput {
        ModelOutput(.velocity(sign: prediction == .velocity ? 1 : -1), sigmaData: Float(sigmaData))
    }

    static func told(at sigma: Float) -> Float { Float(0.25 * Double.log(Double(sigma))) }

    /// - Throws: `NoiseScheduleError.unusable`
    func checkedNoiseLevels() throws -> [Float] {
        func require(_ holds: Bool, _ key: String, _ value: Double, _ reason: String) throws {
            if !holds { throw NoiseScheduleError.unusable(key: key, value: "\(value)", reason: reason) }
        }
        try require((1e-6...1e3).contains(sigmaMin), "sigma_min", sigmaMin, "it must lie between 0.000001 and 1000")
        try require(
            sigmaMax > sigmaMin && sigmaMax <= 1e6,
            "sigma_max",
            sigmaMax,
            "it must exceed sigma_min, up to 1000000"
        )
        try require((1e-3...1e3).contains(sigmaData), "sigma_data", sigmaData, "it must lie between 0.001 and 1000")
        let (low, high) = (Double.log(sigmaMin), Double.log(sigmaMax))
        return (0..<Self.levels).map { i in
            Float(Double.exp(low + (high - low) * Double(i) / Double(Self.levels - 1)))
        }
    }
}
