/// What a diffusers folder's `scheduler/scheduler_config.json` says about the model, when its scheduler is of DDPM's family;
/// which of the family samples is the recipe's choice.
public struct NoiseScheduleConfiguration: Hashable, Sendable {
    public var betaStart = 0.00085
    public var betaEnd = 0.012
    public var betaSchedule = BetaSchedule.scaledLinear
    /// In place of a schedule: the betas themselves.
    public var trainedBetas: [Float] = []
    public var numTrainTimesteps = 1000
    /// Added to the timesteps of the leading spacing.
    public var stepsOffset = 1
    public var predictionType = PredictionType.epsilon
    /// DDIM's last step goes to no noise at all; else to the noise of timestep 0.
    public var setAlphaToOne = false
    /// Noise alone at the last timestep, and how that is computed; nil where a rest of the image is left.
    public var zeroTerminalSNR: ZeroTerminalSNR?

    public static let sdxl = NoiseScheduleConfiguration()

    public init() {}

    /// - Throws: `NoiseScheduleError.unusable` for what makes no schedule
    func checkedNoiseLevels() throws -> [Float] {
        func require(_ holds: Bool, _ key: String, _ value: some CustomStringConvertible, _ reason: String) throws {
            if !holds { throw NoiseScheduleError.unusable(key: key, value: value.description, reason: reason) }
        }
        try require(
            (1...100_000).contains(numTrainTimesteps),
            "num_train_timesteps",
            numTrainTimesteps,
            "it must be 1 to 100000"
        )
        try require(betaStart > 0 && betaStart < 1, "beta_start", betaStart, "it must lie between 0 and 1")
        try require(betaEnd >= betaStart && betaEnd < 1, "beta_end", betaEnd, "it must lie between beta_start and 1")
        try require(
            (0...numTrainTimesteps).contains(stepsOffset),
            "steps_offset",
            stepsOffset,
            "it must be 0 to num_train_timesteps"
        )
        try require(
            trainedBetas.allSatisfy { $0 > 0 && $0 < 1 },
            "trained_betas",
            "\(trainedBetas.count) numbers",
            "each must lie between 0 and 1"
        )
        let betas =
            trainedBetas.isEmpty
            ? betaSchedule.betas(from: betaStart, to: betaEnd, count: numTrainTimesteps) : trainedBetas
        try require(
            betas.count == numTrainTimesteps,
            "trained_betas",
            "\(betas.count) numbers",
            "num_train_timesteps is \(numTrainTimesteps)"
        )
        let levels = sigmas(of: cumulativeAlphas(betas))
        try require(levels[0] > 0, "beta_start", betaStart, "no noise is added at the first timestep")
        try require(
            levels[levels.count - 1].isFinite,
            trainedBetas.isEmpty ? "beta_end" : "trained_betas",
            trainedBetas.isEmpty ? "\(betaEnd)" : "\(trainedBetas.count) numbers",
            "no image is left at the last timestep"
        )
        guard let zeroTerminalSNR else { return levels }
        try require(levels.count > 1, "num_train_timesteps", 1, "a schedule that ends in noise alone has more")
        try require(
            predictionType != .epsilon,
            "prediction_type",
            predictionType.rawValue,
            "where nothing but noise is left (zero terminal SNR), a model that predicts the noise says nothing"
        )
        let rescaled = zeroTerminalSNR.noiseLevels(betas)
        try require(
            zip(rescaled, rescaled.dropFirst()).allSatisfy { $0 > 0 && $0 < $1 },
            "rescale_betas_zero_snr",
            "true",
            "with these betas it makes no rising noise levels"
        )
        return rescaled
    }
}
