import Tensors

/// Why a noise schedule or a list of steps cannot be made.
public enum NoiseScheduleError: Error, Hashable {
    /// A setting whose value makes no schedule.
    case unusable(key: String, value: String, reason: String)
    /// A setting that would change the picture and that this program does not follow.
    case unsupported(key: String)
    /// A scheduler's class, whose noise levels are neither DDPM's nor EDM's.
    case otherFamily(String)
    case stepCount(Int, allowed: ClosedRange<Int>)
    case spacing(TimestepSpacing, sampler: Sampler)
    /// A schedule that is made for SDXL's noise levels.
    case notForEDM(TimestepSpacing)
    /// Timesteps by number, for a model that has none.
    case numbersForEDM
    /// Timesteps that do not fall, or lie outside the model's.
    case timesteps([Int], count: Int)
    /// A sampler that is defined for DDPM's timesteps alone.
    case needsTimesteps(Sampler)
    /// A step that ends at the noise level it starts from, for a sampler that divides by the way between.
    case noWay(step: Int, of: Int, TimestepSpacing, sampler: Sampler)
    case strength(Double)
}

extension NoiseScheduleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusable(let key, let value, let reason): "\(key) is \(value) in the scheduler's settings: \(reason)"
        case .unsupported(let key): "the scheduler's settings ask for \(key), which is not supported"
        case .otherFamily(let name):
            if name.hasPrefix("FlowMatch") {
                "the scheduler is \(name), and this model was trained with other noise levels than SDXL's (DDPM's) or EDM's; it "
                    + "cannot be sampled here: it is a model of flow matching"
            } else {
                "the scheduler \(name) is not known here, and so neither are the noise levels of this model; known are "
                    + SchedulerSettings.knownClasses.joined(separator: ", ")
            }
        case .stepCount(let count, let allowed):
            "\(counted(count, "step")) cannot be spaced: use \(allowed.lowerBound) to \(allowed.upperBound)"
        case .spacing(let spacing, let sampler):
            "the sampler \(sampler.rawValue) has no schedule \(spacing.rawValue)"
        case .notForEDM(let spacing):
            "the schedule \(spacing.rawValue) is made for SDXL's noise levels, and this model was trained with EDM's: use karras or "
                + "exponential"
        case .numbersForEDM:
            "`timesteps:` are numbers of training timesteps, and this model was trained with EDM's continuous noise levels: use steps "
                + "and schedule"
        case .timesteps(let timesteps, let count):
            "the timesteps \(timesteps.prefix(20).map(String.init).joined(separator: ", ")) must fall, from \(count - 1) "
                + "to 0 at most"
        case .needsTimesteps(let sampler):
            "\(sampler.rawValue) is defined for DDPM's timesteps, and this model was trained with EDM's continuous noise levels: use "
                + "euler, euler_ancestral, dpmpp_2m or dpmpp_sde"
        case .noWay(let step, let count, let spacing, let sampler):
            "of \(counted(count, "\(spacing.rawValue) step")), step \(step + 1) ends at the noise level it starts from, and \(sampler.rawValue) "
                + "divides by the way between: take fewer steps or another schedule"
        case .strength(let strength): "a strength of \(strength) is outside 0 to 1"
        }
    }
}
