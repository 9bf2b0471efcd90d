import Elementary

/// Which of the training timesteps the steps of a render use.
///
/// The first three are diffusers' (Lin et al. 2023, table 2); its schedulers disagree in how they round, and each
/// sampler here follows its own scheduler. `karras` is k-diffusion's (Karras et al. 2022, equation 5, rho 7).
public enum TimestepSpacing: String, CaseIterable, Codable, Hashable, Sendable {
    /// From `steps_offset` up in equal steps; does not reach the last timestep.
    case leading
    /// From the last timestep down in equal steps.
    case trailing
    /// From the last timestep to the first.
    case linspace
    /// Sigmas between the smallest and the largest, equally spaced in sigma^(1/7).
    case karras
}

extension NoiseSchedule {
    /// Euler's: linspace is not rounded, so a timestep may lie between two integers; one step of it is timestep 0.
    ///
    /// diffusers: schedulers/scheduling_euler_discrete.py::set_timesteps (the ancestral one is alike)
    func eulerTimesteps(_ count: Int, _ spacing: TimestepSpacing) -> [Float] {
        switch spacing {
        case .linspace: evenly(0, Double(last), count).reversed().map { Float($0) }
        default: ddimTimesteps(count, spacing).map { Float($0) }
        }
    }

    /// diffusers: schedulers/scheduling_ddim.py::set_timesteps
    func ddimTimesteps(_ count: Int, _ spacing: TimestepSpacing) -> [Int] {
        switch spacing {
        case .linspace: evenly(0, Double(last), count).reversed().map { Int($0.rounded(.toNearestOrEven)) }
        case .leading:
            (0..<count).reversed().map { $0 * (sigmas.count / count) + configuration.stepsOffset }
        default: trailing(count)
        }
    }

    /// DPM-Solver's: leading and linspace space one step more and leave out the last one.
    ///
    /// diffusers: schedulers/scheduling_dpmsolver_multistep.py::set_timesteps
    func dpmTimesteps(_ count: Int, _ spacing: TimestepSpacing) -> [Int] {
        switch spacing {
        case .linspace:
            evenly(0, Double(last), count + 1).reversed().dropLast().map { Int($0.rounded(.toNearestOrEven)) }
        case .leading:
            (1...count).reversed().map { $0 * (sigmas.count / (count + 1)) + configuration.stepsOffset }
        default: trailing(count)
        }
    }

    /// k-diffusion: sampling.py::get_sigmas_karras, with this schedule's smallest and largest sigma.
    func karrasSigmas(_ count: Int, rho: Double = 7) -> [Float] {
        let (low, high) = (root(sigmas[0], rho), root(sigmas[last], rho))
        return (0..<count).map { i in
            let ramp = count == 1 ? 0 : Double(i) / Double(count - 1)
            return Float(Double.pow(high + ramp * (low - high), rho))
        }
    }

    private var last: Int { sigmas.count - 1 }

    /// Whole steps down from the end, rounded half to even, minus 1. For 62 of the counts up to 1000, 61 the smallest,
    /// `numpy.arange` yields one value too many and diffusers then adds a step at timestep -1; here the count holds.
    private func trailing(_ count: Int) -> [Int] {
        let total = Double(sigmas.count)
        let ratio = total / Double(count)
        // As numpy computes it: the difference of the first two values, not the step itself.
        let delta = (total - ratio) - total
        return (0..<count).map { Int((total + Double($0) * delta).rounded(.toNearestOrEven)) - 1 }
    }
}

/// `numpy.linspace`
private func evenly(_ start: Double, _ end: Double, _ count: Int) -> [Double] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
}

private func root(_ x: Float, _ degree: Double) -> Double { Double.pow(Double(x), 1 / degree) }
