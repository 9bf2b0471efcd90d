import Elementary

/// The noise levels a model was trained with, and what its input, output and timestep mean.
public struct NoiseSchedule: Sendable {
    public let process: NoiseProcess
    /// The noise's deviation where the image keeps its scale, rising: one for each training timestep, sqrt((1 - ᾱ) / ᾱ), in
    /// DDPM's family. diffusers' 32-bit steps are followed to the bit up to the last square root, so these differ from its
    /// own by at most one unit in the last place.
    public let sigmas: [Float]
    public let output: ModelOutput

    /// - Throws: `NoiseScheduleError` when a setting makes no schedule or is one this code does not follow.
    public init(_ process: NoiseProcess) throws {
        self.process = process
        switch process {
        case .ddpm(let settings):
            sigmas = try settings.checkedNoiseLevels()
            output = ModelOutput(settings.predictionType)
        case .edm(let settings):
            sigmas = try settings.checkedNoiseLevels()
            output = settings.output
        }
    }

    /// Of DDPM's family.
    public init(_ settings: NoiseScheduleConfiguration = .sdxl) throws { try self.init(.ddpm(settings)) }

    /// DDPM's settings; nil for EDM's noise levels.
    var ddpm: NoiseScheduleConfiguration? {
        if case .ddpm(let settings) = process { settings } else { nil }
    }

    /// Sigma at a timestep, between the integers by straight lines, outside the table its ends (`numpy.interp`). EDM's levels
    /// are even in their logarithm.
    public func sigma(at timestep: Float) -> Float {
        let position = min(max(Double(timestep), 0), Double(sigmas.count - 1))
        let low = Int(position)
        guard low + 1 < sigmas.count, Double(low) < position else { return sigmas[low] }
        guard ddpm != nil else { return sigma(logarithmicallyAt: position) }
        let (a, b) = (Double(sigmas[low]), Double(sigmas[low + 1]))
        return Float((b - a) * (position - Double(low)) + a)
    }

    /// Sigma at a timestep, between the integers by straight lines of its logarithm, as ComfyUI has it.
    func sigma(logarithmicallyAt timestep: Double) -> Float {
        let position = min(max(timestep, 0), Double(sigmas.count - 1))
        let low = Int(position)
        guard low + 1 < sigmas.count, Double(low) < position else { return sigmas[low] }
        let (a, b) = (Double.log(Double(sigmas[low])), Double.log(Double(sigmas[low + 1])))
        return Float(Double.exp(a + (b - a) * (position - Double(low))))
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

    /// What the model is told at a noise level that lies anywhere: a training timestep, or in EDM's models ln(sigma) / 4.
    func told(at sigma: Float) -> Float {
        ddpm == nil ? EDMConfiguration.told(at: sigma) : Float(timestep(nearest: sigma))
    }

    /// A whole training timestep's noise level where DDIM works, which knows no largest sigma: infinite where nothing of the
    /// image is left.
    func varianceSigma(at timestep: Int) -> Float {
        timestep == sigmas.count - 1 && ddpm?.zeroTerminalSNR == .diffusers
            ? .infinity : sigma(at: Float(timestep))
    }
}

/// How noise was added in training.
public enum NoiseProcess: Hashable, Sendable {
    case ddpm(NoiseScheduleConfiguration)
    case edm(EDMConfiguration)

    public static let sdxl = NoiseProcess.ddpm(.sdxl)
}
