import Tensors

/// The ways of going from noise to a picture; named as recipes name them.
public enum Sampler: String, CaseIterable, Codable, Hashable, Sendable {
    case ddim
    case dpmpp2M = "dpmpp_2m"
    case dpmpp2MSDE = "dpmpp_2m_sde"
    case dpmppSDE = "dpmpp_sde"
    case euler
    case eulerAncestral = "euler_ancestral"
    case heun
    case lcm
    case tcd
    case uniPC = "uni_pc"
    case uniPCBH2 = "uni_pc_bh2"

    /// Which noise levels a render visits.
    public enum Visits: Hashable, Sendable {
        case spaced(Int, TimestepSpacing)
        /// Training timesteps by number, as diffusers' `timesteps=`.
        case timesteps([Int])
    }

    /// Whether it steps between DDPM's training timesteps, and keeps the latent at unit variance.
    private var isOfTimesteps: Bool { self == .ddim || self == .lcm || self == .tcd }

    /// Whether it spaces timesteps and starts as diffusers' DPM-Solver does.
    var isOfDPMSolver: Bool { self == .dpmpp2M || isUniPC }
    private var isUniPC: Bool { self == .uniPC || self == .uniPCBH2 }

    /// How many estimates of the clean latent a state keeps: the newest, and what a multistep sampler looks back to.
    public var keptEstimates: Int { isUniPC ? 3 : 1 }

    /// Whether a state keeps the latent from which its last step went.
    public var keepsCorrected: Bool { isUniPC }

    /// Whether its fresh noise is that of one Brownian path, grown from a seed that a render keeps.
    public var drawsBrownianPath: Bool { self == .dpmppSDE || self == .dpmpp2MSDE }

    /// Whether a spacing is defined for it.
    public func takes(_ spacing: TimestepSpacing) -> Bool { !isOfTimesteps || !spacing.isOfSigmas }

    /// The steps this sampler takes.
    ///
    /// The first noise is scaled as its diffusers scheduler does it: DPM-Solver, UniPC, DDIM, LCM and TCD start from unit noise
    /// at unit variance; Euler from sigma_max, or sqrt(sigma_max² + 1) with leading; all from sigma_max with karras. dpmpp_sde,
    /// dpmpp_2m_sde and heun take Euler's noise levels and its first noise, as diffusers' DPMSolverSDEScheduler does. EDM's
    /// models and ComfyUI's schedules start at unit variance.
    ///
    /// - Parameter eta: tcd's, how much of a step's noise is fresh, from 0 to 1
    /// - Throws: `NoiseScheduleError` for a count that cannot be spaced, for a sampler or schedule that is not defined for
    ///   these noise levels, and where two steps start from one noise level, for those that divide by the way between: dpmpp_sde,
    ///   dpmpp_2m_sde, uni_pc and uni_pc_bh2
    public func schedule(_ visits: Visits, eta: Double = 0.3, of noise: NoiseSchedule) throws -> SamplingSchedule {
        guard noise.ddpm != nil || !isOfTimesteps else { throw NoiseScheduleError.needsTimesteps(self) }
        let timesteps: [Float]
        let spacing: TimestepSpacing
        switch visits {
        case .timesteps(let given):
            try check(given, noise)
            (timesteps, spacing) = (given.map { Float($0) }, .trailing)
        case .spaced(let count, let chosen):
            let most = noise.mostSteps(chosen, self)
            guard count >= 1, count <= most else {
                throw NoiseScheduleError.stepCount(count, allowed: 1...max(1, most))
            }
            if noise.ddpm == nil, chosen == .lcm || chosen == .alignYourSteps {
                throw NoiseScheduleError.notForEDM(chosen)
            }
            if chosen.isOfSigmas { return try schedule(noise.sigmas(count, chosen), chosen, noise) }
            spacing = chosen
            switch self {
            case .ddim, .lcm, .tcd: timesteps = noise.ddimTimesteps(count, chosen).map { Float($0) }
            case .dpmpp2M, .uniPC, .uniPCBH2:
                timesteps = noise.dpmTimesteps(count, chosen).map { Float($0) }
            case .dpmpp2MSDE, .dpmppSDE, .euler, .eulerAncestral, .heun: timesteps = noise.eulerTimesteps(count, chosen)
            }
        }
        if isOfTimesteps { return schedule(timesteps.map { Int($0) }, eta, noise) }
        let sigmas = timesteps.map(noise.sigma(at:))
        let steps = chained(noise.ddpm == nil ? sigmas.map(noise.told(at:)) : timesteps, sigmas)
        let startsAtSigma = !isOfDPMSolver && spacing != .leading && noise.ddpm != nil
        return SamplingSchedule(
            steps: steps,
            initialScale: startsAtSigma ? steps[0].sigma : steps[0].deviation,
            between: try secondCalls(in: steps, spacing, noise)
        )
    }

    /// By steps and spacing.
    public func schedule(steps count: Int, spacing: TimestepSpacing, of noise: NoiseSchedule) throws -> SamplingSchedule
    {
        try schedule(.spaced(count, spacing), of: noise)
    }

    private func schedule(_ sigmas: [Float], _ spacing: TimestepSpacing, _ noise: NoiseSchedule) throws
        -> SamplingSchedule
    {
        guard takes(spacing) else { throw NoiseScheduleError.spacing(spacing, sampler: self) }
        let steps = chained(sigmas.map(noise.told(at:)), sigmas)
        // PuLID v1.1 starts from sigma_max; ComfyUI from unit variance where nothing is left of the image.
        let isOfPuLID = spacing == .karras && noise.ddpm != nil
        let isAtEnd = sigmas[0] >= noise.sigmas[noise.sigmas.count - 1] * (1 - 1e-5)
        return SamplingSchedule(
            steps: steps,
            initialScale: isOfPuLID || !isAtEnd ? sigmas[0] : steps[0].deviation,
            between: try secondCalls(in: steps, spacing, noise)
        )
    }

    private func check(_ timesteps: [Int], _ noise: NoiseSchedule) throws {
        guard noise.ddpm != nil else { throw NoiseScheduleError.numbersForEDM }
        let count = noise.sigmas.count
        guard Self.areFalling(timesteps, below: count) else {
            throw NoiseScheduleError.timesteps(timesteps, count: count)
        }
    }

    /// Whether there are timesteps, each smaller than the one before, from `count` - 1 to 0 at most.
    public static func areFalling(_ timesteps: [Int], below count: Int) -> Bool {
        !timesteps.isEmpty && timesteps.allSatisfy((0..<count).contains)
            && zip(timesteps, timesteps.dropFirst()).allSatisfy(>)
    }

    /// Where samplers of two calls a step ask the model again: half-way between a step's ends in the logarithm of sigma for
    /// dpmpp_sde, at its end for heun; the last step, which ends at no noise, has none.
    private func secondCalls(in steps: [Step], _ spacing: TimestepSpacing, _ noise: NoiseSchedule) throws -> [Step] {
        if self == .heun {
            return zip(steps, steps.dropFirst()).map { step, end in
                Step(index: step.index, count: step.count, timestep: end.timestep, sigma: end.sigma, next: end.sigma)
            }
        }
        if isUniPC {
            for step in steps where step.sigma <= step.next {
                throw NoiseScheduleError.noWay(step: step.index, of: step.count, spacing, sampler: self)
            }
        }
        guard drawsBrownianPath else { return [] }
        let halves: [Step] = try steps.dropLast().map { step in
            let way = LogSigmaStep(from: step.sigma, to: step.next)
            let sigma = way.middle
            guard sigma < way.start else {
                throw NoiseScheduleError.noWay(step: step.index, of: step.count, spacing, sampler: self)
            }
            return Step(
                index: step.index,
                count: step.count,
                timestep: noise.told(at: sigma),
                sigma: sigma,
                next: step.next
            )
        }
        return self == .dpmppSDE ? halves : []
    }

    private func schedule(_ timesteps: [Int], _ eta: Double, _ noise: NoiseSchedule) -> SamplingSchedule {
        let (steps, between) =
            switch self {
            case .ddim: (ddimSteps(timesteps, of: noise), [Step]())
            case .tcd: tcdSteps(timesteps, eta, of: noise)
            default: (chained(timesteps.map { Float($0) }, timesteps.map(noise.varianceSigma(at:))), [Step]())
            }
        return SamplingSchedule(steps: steps, initialScale: steps[0].deviation, between: between)
    }

    /// Runs the rest of a render.
    ///
    /// - Parameters:
    ///   - state: where to start: `schedule.start(...)`, or a state that `afterStep` was given
    ///   - random: drawn from by the samplers that add noise
    ///   - afterStep: called after each step with all that the rest of the render depends on; what it throws ends the
    ///     sampling
    ///   - denoise: what a model sees in the noisy latent
    /// - Returns: the clean latent as the UNet sees it
    /// - Throws: only what the two closures throw
    public func callAsFunction<Source: RandomSource>(
        _ state: SamplerState,
        _ schedule: SamplingSchedule,
        random: inout Source,
        afterStep: (SamplerState, Source) throws -> Void = { _, _ in },
        denoise: (Tensor, Step) throws -> Denoised
    ) throws -> Tensor {
        try withoutActuallyEscaping(denoise) { denoise in
            var sampling = Sampling(state, schedule, random, denoise: denoise)
            defer { random = sampling.random }
            return try sampling.run(keeping: keptEstimates, afterStep: afterStep, advance: advance)
        }
    }

    private func advance<Source>(_ sampling: inout Sampling<Source>, _ step: Step) throws -> Sampling<Source>.Landing {
        switch self {
        case .ddim: try sampling.ddim(step)
        case .dpmpp2M: try sampling.dpmpp2M(step)
        case .dpmpp2MSDE: try sampling.dpmpp2MSDE(step)
        case .dpmppSDE: try sampling.dpmppSDE(step)
        case .euler: try sampling.euler(step)
        case .eulerAncestral: try sampling.eulerAncestral(step)
        case .heun: try sampling.heun(step)
        case .lcm: try sampling.lcm(step)
        case .tcd: try sampling.tcd(step)
        case .uniPC: try sampling.uniPC(step, .bh1)
        case .uniPCBH2: try sampling.uniPC(step, .bh2)
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
    let floor = noise.ddpm?.setAlphaToOne == true ? 0 : noise.sigmas[0]
    return timesteps.enumerated().map { index, timestep in
        let to = timestep - down
        return Step(
            index: index,
            count: timesteps.count,
            timestep: Float(timestep),
            sigma: noise.varianceSigma(at: min(timestep, noise.sigmas.count - 1)),
            next: to >= 0 ? noise.varianceSigma(at: to) : floor
        )
    }
}

/// TCD's steps end where the next one starts, the last at timestep 0; between them are the levels, a part `eta` of the
/// timesteps further down, to which a step goes before noise is added.
///
/// diffusers: schedulers/scheduling_tcd.py::step
private func tcdSteps(_ timesteps: [Int], _ eta: Double, of noise: NoiseSchedule) -> ([Step], between: [Step]) {
    func step(_ index: Int, _ timestep: Int, to next: Int) -> Step {
        Step(
            index: index,
            count: timesteps.count,
            timestep: Float(timestep),
            sigma: noise.varianceSigma(at: timestep),
            next: noise.varianceSigma(at: next)
        )
    }
    let ends = timesteps.dropFirst() + [0]
    let steps = zip(timesteps, ends).enumerated().map { step($0, $1.0, to: $1.1) }
    let between = ends.enumerated().map { step($0, Int(((1 - eta) * Double($1)).rounded(.down)), to: $1) }
    return (steps, between)
}
