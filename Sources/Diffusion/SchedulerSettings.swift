/// A diffusers folder's `scheduler/scheduler_config.json`.
///
/// Its class says which family of noise levels the model was trained with, and what is meant where a key is absent.
public struct SchedulerSettings: Hashable, Sendable {
    public let process: NoiseProcess

    private struct Defaults {
        var betas = (start: 0.0001, end: 0.02, schedule: BetaSchedule.linear)
        var setAlphaToOne = false
    }

    /// diffusers 0.42.1: the defaults of each scheduler's `__init__`, as far as they say something of the model.
    private static let family: [String: Defaults] = {
        let scaled = (start: 0.00085, end: 0.012, schedule: BetaSchedule.scaledLinear)
        let linear = (start: 0.00085, end: 0.012, schedule: BetaSchedule.linear)
        var family: [String: Defaults] = [
            "DDIMScheduler": Defaults(setAlphaToOne: true),
            "LCMScheduler": Defaults(betas: scaled, setAlphaToOne: true),
            "TCDScheduler": Defaults(betas: scaled, setAlphaToOne: true),
        ]
        for name in ["HeunDiscrete", "KDPM2Discrete", "KDPM2AncestralDiscrete", "DPMSolverSDE"] {
            family["\(name)Scheduler"] = Defaults(betas: linear)
        }
        for name in [
            "DDPM", "DDPMParallel", "DDIMParallel", "PNDM", "LMSDiscrete", "EulerDiscrete", "EulerAncestralDiscrete",
            "DPMSolverMultistep", "DPMSolverSinglestep", "DEISMultistep", "UniPCMultistep", "SASolver", "IPNDM",
        ] { family["\(name)Scheduler"] = Defaults() }
        family["DDIMParallelScheduler"]?.setAlphaToOne = true
        return family
    }()

    /// By name, sorted.
    static let knownClasses: [String] = (Array(family.keys) + edm).sorted()

    private static let edm: Set = ["EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"]
}

extension SchedulerSettings: Decodable {
    private enum Key: String, CodingKey {
        case className = "_class_name"
        case betaStart = "beta_start"
        case betaEnd = "beta_end"
        case betaSchedule = "beta_schedule"
        case trainedBetas = "trained_betas"
        case numTrainTimesteps = "num_train_timesteps"
        case stepsOffset = "steps_offset"
        case predictionType = "prediction_type"
        case setAlphaToOne = "set_alpha_to_one"
        case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
        case timestepType = "timestep_type"
        case sigmaMin = "sigma_min"
        case sigmaMax = "sigma_max"
        case sigmaData = "sigma_data"
        case thresholding
        case clipSample = "clip_sample"
        case useFlowSigmas = "use_flow_sigmas"
        case snrShift = "snr_shift_scale"
    }

    /// - Throws: `DecodingError` for a value of the wrong kind, `NoiseScheduleError` for a setting that makes no schedule,
    ///   or would change the picture and is not followed here
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        for key in [Key.thresholding, .clipSample, .useFlowSigmas]
        where try keys.decodeIfPresent(Bool.self, forKey: key) == true {
            throw NoiseScheduleError.unsupported(key: key.rawValue)
        }
        let name = try keys.decodeIfPresent(String.self, forKey: .className)
        let isContinuous = try keys.decodeIfPresent(String.self, forKey: .timestepType) == "continuous"
        if let name, Self.edm.contains(name) || isContinuous {
            process = .edm(try Self.edm(keys, isContinuous: isContinuous))
        } else {
            process = .ddpm(try Self.ddpm(keys, name))
        }
        _ = try NoiseSchedule(process)
    }

    private static func ddpm(_ keys: KeyedDecodingContainer<Key>, _ name: String?) throws -> NoiseScheduleConfiguration
    {
        if keys.contains(.snrShift), try !keys.decodeNil(forKey: .snrShift) {
            throw NoiseScheduleError.unsupported(key: Key.snrShift.rawValue)
        }
        var settings = NoiseScheduleConfiguration.sdxl
        if let name {
            guard let defaults = family[name] else { throw NoiseScheduleError.otherFamily(name) }
            (settings.betaStart, settings.betaEnd, settings.betaSchedule) = defaults.betas
            settings.setAlphaToOne = defaults.setAlphaToOne
            settings.stepsOffset = 0
        }
        settings.betaStart = try keys.decodeIfPresent(Double.self, forKey: .betaStart) ?? settings.betaStart
        settings.betaEnd = try keys.decodeIfPresent(Double.self, forKey: .betaEnd) ?? settings.betaEnd
        settings.betaSchedule = try choice(keys, .betaSchedule) ?? settings.betaSchedule
        settings.trainedBetas = try keys.decodeIfPresent([Float].self, forKey: .trainedBetas) ?? []
        settings.numTrainTimesteps =
            try keys.decodeIfPresent(Int.self, forKey: .numTrainTimesteps) ?? settings.numTrainTimesteps
        settings.stepsOffset = try keys.decodeIfPresent(Int.self, forKey: .stepsOffset) ?? settings.stepsOffset
        settings.predictionType = try choice(keys, .predictionType) ?? settings.predictionType
        settings.setAlphaToOne =
            try keys.decodeIfPresent(Bool.self, forKey: .setAlphaToOne) ?? settings.setAlphaToOne
        if try keys.decodeIfPresent(Bool.self, forKey: .rescaleBetasZeroSNR) == true {
            settings.zeroTerminalSNR = .diffusers
        }
        return settings
    }

    /// - Parameter isContinuous: EulerDiscreteScheduler's way to say CosXL's kind
    private static func edm(_ keys: KeyedDecodingContainer<Key>, isContinuous: Bool) throws -> EDMConfiguration {
        var settings = isContinuous ? EDMConfiguration.cosXL() : EDMConfiguration()
        settings.sigmaMin = try keys.decodeIfPresent(Double.self, forKey: .sigmaMin) ?? settings.sigmaMin
        settings.sigmaMax = try keys.decodeIfPresent(Double.self, forKey: .sigmaMax) ?? settings.sigmaMax
        settings.sigmaData = try keys.decodeIfPresent(Double.self, forKey: .sigmaData) ?? settings.sigmaData
        let prediction: PredictionType = try choice(keys, .predictionType) ?? .epsilon
        switch (prediction, isContinuous) {
        case (.velocity, _): settings.prediction = .velocity
        case (.epsilon, false): settings.prediction = .preconditioned
        default:
            throw NoiseScheduleError.unusable(
                key: Key.predictionType.rawValue,
                value: prediction.rawValue,
                reason: "with continuous timesteps only v_prediction is known"
            )
        }
        return settings
    }

    /// - Throws: `NoiseScheduleError.unusable` with the values there are
    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ keys: KeyedDecodingContainer<Key>,
        _ key: Key
    ) throws -> Choice? where Choice.RawValue == String {
        guard let text = try keys.decodeIfPresent(String.self, forKey: key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw NoiseScheduleError.unusable(key: key.rawValue, value: text, reason: "known are \(known)")
    }
}
