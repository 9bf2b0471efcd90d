import Tensors

/// The ways of going from noise to a picture; named as recipes name them.
public enum Sampler: String, CaseIterable, Codable, Hashable, Sendable {
    case ddim
    case dpmpp2M = "dpmpp_2m"
    case dpmppSDE = "dpmpp_sde"
    case euler
    case eulerAncestral = "euler_ancestral"

    /// The steps this sampler takes.
    ///
    /// The first noise is scaled as its diffusers scheduler does it: DPM-Solver and DDIM start from unit noise at unit
    /// variance; Euler from sigma_max, or sqrt(sigma_max² + 1) with leading; all from sigma_max with karras. dpmpp_sde
    /// takes Euler's noise levels, as diffusers' DPMSolverSDEScheduler does, and its first noise.
    ///
    /// - Throws: `NoiseScheduleError` for a count that cannot be spaced, for DDIM with karras, and for dpmpp_sde where two
    ///   steps start from one noise level: k-diffusion divides 0 by 0 there
    public func schedule(steps count: Int, spacing: TimestepSpacing, of noise: NoiseSchedule) throws -> SamplingSchedule
    {
        let most = self == .dpmpp2M && spacing == .leading ? noise.sigmas.count - 1 : noise.sigmas.count
        guard count >= 1, count <= most else { throw NoiseScheduleError.stepCount(count, allowed: 1...max(1, most)) }
        if spacing == .karras {
            guard self != .ddim else { throw NoiseScheduleError.spacing(spacing, sampler: self) }
            let sigmas = noise.karrasSigmas(count)
            let steps = chained(sigmas.map { Float(noise.timestep(nearest: $0)) }, sigmas)
            return SamplingSchedule(
                steps: steps,
                initialScale: sigmas[0],
                midpoints: try midpoints(of: steps, spacing, noise)
            )
        }
        switch self {
        case .ddim:
            let steps = ddimSteps(noise.ddimTimesteps(count, spacing), of: noise)
            return SamplingSchedule(steps: steps, initialScale: 1 / steps[0].inputScale)
        case .dpmpp2M:
            let timesteps = noise.dpmTimesteps(count, spacing).map { Float($0) }
            let steps = chained(timesteps, timesteps.map(noise.sigma(at:)))
            return SamplingSchedule(steps: steps, initialScale: 1 / steps[0].inputScale)
        case .dpmppSDE, .euler, .eulerAncestral:
            let timesteps = noise.eulerTimesteps(count, spacing)
            let steps = chained(timesteps, timesteps.map(noise.sigma(at:)))
            return SamplingSchedule(
                steps: steps,
                initialScale: spacing == .leading ? 1 / steps[0].inputScale : steps[0].sigma,
                midpoints: try midpoints(of: steps, spacing, noise)
            )
        }
    }

    /// Half-way between each step's ends in the logarithm of sigma, for dpmpp_sde; the last step, which ends at no noise,
    /// has none.
    private func midpoints(of steps: [Step], _ spacing: TimestepSpacing, _ noise: NoiseSchedule) throws -> [Step] {
        guard self == .dpmppSDE else { return [] }
        return try steps.dropLast().map { step in
            let way = LogSigmaStep(from: step.sigma, to: step.next)
            let sigma = way.middle
            guard sigma < way.start else {
                throw NoiseScheduleError.noWay(step: step.index, of: step.count, spacing, sampler: self)
            }
            let timestep = Float(noise.timestep(nearest: sigma))
            return Step(index: step.index, count: step.count, timestep: timestep, sigma: sigma, next: step.next)
        }
    }

    /// Runs the rest of a render: see `sampleEuler`.
    public func callAsFunction<Source: RandomSource>(
        _ state: SamplerState,
        _ schedule: SamplingSchedule,
        random: inout Source,
        afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
        denoise: (Tensor, Step) throws -> Tensor
    ) throws -> Tensor {
        switch self {
        case .ddim: try sampleDDIM(state, schedule, random: &random, afterStep: afterStep, denoise: denoise)
        case .dpmpp2M: try sampleDPMpp2M(state, schedule, random: &random, afterStep: afterStep, denoise: denoise)
        case .dpmppSDE: try sampleDPMppSDE(state, schedule, random: &random, afterStep: afterStep, denoise: denoise)
        case .euler: try sampleEuler(state, schedule, random: &random, afterStep: afterStep, denoise: denoise)
        case .eulerAncestral:
            try sampleEulerAncestral(state, schedule, random: &random, afterStep: afterStep, denoise: denoise)
        }
    }
}

/// Each step ends where the next one starts, and the last at no noise.
private func chained(_ timesteps: [Float], _ sigmas: [Float]) -> [Step] {
    let ends = sigmas.dropFirst() + [0]
    return zip(timesteps, zip(sigmas, ends)).enumerated().map { index, step in
        Step(index: index, count: timesteps.count, timestep: step.0, sigma: step.1.0, next: step.1.1)
    }
}

/// DDIM steps down by the same whole number of timesteps each time, whatever the next timestep is, and at last to the
/// noise of timestep 0.
///
/// diffusers: schedulers/scheduling_ddim.py::step, 1 and 2
private func ddimSteps(_ timesteps: [Int], of noise: NoiseSchedule) -> [Step] {
    let down = noise.sigmas.count / timesteps.count
    let floor = noise.configuration.setAlphaToOne ? 0 : noise.sigmas[0]
    return timesteps.enumerated().map { index, timestep in
        let to = timestep - down
        return Step(
            index: index,
            count: timesteps.count,
            timestep: Float(timestep),
            sigma: noise.sigma(at: Float(timestep)),
            next: to >= 0 ? noise.sigma(at: Float(to)) : floor
        )
    }
}
