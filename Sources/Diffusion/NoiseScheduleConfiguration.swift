/// What a diffusers folder's `scheduler/scheduler_config.json` says about the model, whatever scheduler class it names;
/// keys that are absent have SDXL's values.
public struct NoiseScheduleConfiguration: Hashable, Sendable {
    public enum BetaSchedule: String, Decodable, Sendable {
        case linear
        /// Linear in the square root of beta.
        case scaledLinear = "scaled_linear"
    }

    public var betaStart = 0.00085
    public var betaEnd = 0.012
    public var betaSchedule = BetaSchedule.scaledLinear
    public var numTrainTimesteps = 1000
    /// Added to the timesteps of the leading spacing.
    public var stepsOffset = 1
    public var predictionType = PredictionType.epsilon
    /// DDIM's last step goes to no noise at all; else to the noise of timestep 0.
    public var setAlphaToOne = false

    public static let sdxl = NoiseScheduleConfiguration()

    public init() {}

    /// - Throws: `NoiseScheduleError.unusable` for what makes no schedule
    func validate() throws {
        func require(_ holds: Bool, _ key: String, _ value: some CustomStringConvertible, _ reason: String) throws {
            if !holds { throw NoiseScheduleError.unusable(key: key, value: value.description, reason: reason) }
        }
        try require(betaStart > 0 && betaStart < 1, "beta_start", betaStart, "it must lie between 0 and 1")
        try require(betaEnd >= betaStart && betaEnd < 1, "beta_end", betaEnd, "it must lie between beta_start and 1")
        try require(
            (1...100_000).contains(numTrainTimesteps),
            "num_train_timesteps",
            numTrainTimesteps,
            "it must be 1 to 100000"
        )
        try require(
            (0...numTrainTimesteps).contains(stepsOffset),
            "steps_offset",
            stepsOffset,
            "it must be 0 to num_train_timesteps"
        )
        let sigmas = noiseLevels
        try require(sigmas[0] > 0, "beta_start", betaStart, "no noise is added at the first timestep")
        try require(
            sigmas[sigmas.count - 1].isFinite,
            "beta_end",
            betaEnd,
            "no image is left at the last timestep"
        )
    }
}

extension NoiseScheduleConfiguration: Decodable {
    private enum CodingKeys: String, CodingKey {
        case betaStart = "beta_start"
        case betaEnd = "beta_end"
        case betaSchedule = "beta_schedule"
        case numTrainTimesteps = "num_train_timesteps"
        case stepsOffset = "steps_offset"
        case predictionType = "prediction_type"
        case setAlphaToOne = "set_alpha_to_one"
        case trainedBetas = "trained_betas"
        case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
        case thresholding
        case clipSample = "clip_sample"
    }

    /// - Throws: `DecodingError` for a value of the wrong kind, `NoiseScheduleError` for a setting that makes no schedule,
    ///   or would change the picture and is not followed here
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        betaStart = try keys.decodeIfPresent(Double.self, forKey: .betaStart) ?? betaStart
        betaEnd = try keys.decodeIfPresent(Double.self, forKey: .betaEnd) ?? betaEnd
        betaSchedule = try keys.decodeIfPresent(BetaSchedule.self, forKey: .betaSchedule) ?? betaSchedule
        numTrainTimesteps = try keys.decodeIfPresent(Int.self, forKey: .numTrainTimesteps) ?? numTrainTimesteps
        stepsOffset = try keys.decodeIfPresent(Int.self, forKey: .stepsOffset) ?? stepsOffset
        predictionType = try keys.decodeIfPresent(PredictionType.self, forKey: .predictionType) ?? predictionType
        setAlphaToOne = try keys.decodeIfPresent(Bool.self, forKey: .setAlphaToOne) ?? setAlphaToOne
        if keys.contains(.trainedBetas), try !keys.decodeNil(forKey: .trainedBetas) {
            throw NoiseScheduleError.unsupported(key: CodingKeys.trainedBetas.stringValue)
        }
        for key in [CodingKeys.rescaleBetasZeroSNR, .thresholding, .clipSample]
        where try keys.decodeIfPresent(Bool.self, forKey: key) == true {
            throw NoiseScheduleError.unsupported(key: key.stringValue)
        }
        try validate()
    }
}

/// Why a noise schedule or a list of steps cannot be made.
public enum NoiseScheduleError: Error, Hashable {
    /// A setting whose value makes no schedule.
    case unusable(key: String, value: String, reason: String)
    /// A setting that would change the picture and that this program does not follow.
    case unsupported(key: String)
    case stepCount(Int, allowed: ClosedRange<Int>)
    case spacing(TimestepSpacing, sampler: Sampler)
    /// A step that ends at the noise level it starts from, for a sampler that divides by the way between.
    case noWay(step: Int, of: Int, TimestepSpacing, sampler: Sampler)
    case strength(Double)
}

extension NoiseScheduleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusable(let key, let value, let reason): "\(key) is \(value) in the scheduler's settings: \(reason)"
        case .unsupported(let key): "the scheduler's settings ask for \(key), which is not supported"
        case .stepCount(let count, let allowed):
            "\(count) steps cannot be spaced: use \(allowed.lowerBound) to \(allowed.upperBound)"
        case .spacing(let spacing, let sampler):
            "the sampler \(sampler.rawValue) has no schedule \(spacing.rawValue)"
        case .noWay(let step, let count, let spacing, let sampler):
            "of \(count) \(spacing.rawValue) steps, step \(step + 1) ends at the noise level it starts from, and \(sampler.rawValue) "
                + "divides by the way between: take fewer steps or another schedule"
        case .strength(let strength): "a strength of \(strength) is outside 0 to 1"
        }
    }
}
