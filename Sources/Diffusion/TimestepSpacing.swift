import Elementary

/// Which noise levels the steps of a render visit.
public enum TimestepSpacing: String, CaseIterable, Codable, Hashable, Sendable {
    /// From `steps_offset` up in equal steps of training timesteps; does not reach the last one.
    case leading
    /// From the last timestep down in equal steps.
    case trailing
    /// From the last timestep to the first.
    case linspace
    /// Every n-th of the 50 timesteps that consistency models are distilled with.
    case lcm
    /// Sigmas between the smallest and the largest, equally spaced in sigma^(1/7).
    case karras
    /// Equally spaced in ln(sigma).
    case exponential
    /// ComfyUI's trailing, with timesteps rounded up.
    case simple
    /// From the last timestep to the first, between them by ln(sigma).
    case normal
    /// `normal` with one step more, without its last.
    case sgmUniform = "sgm_uniform"
    /// Quantiles of Beta(0.6, 0.6): more steps at both ends.
    case beta
    /// NVIDIA's ten levels for SDXL, others by ln(sigma) between them.
    case alignYourSteps = "align_your_steps"
    /// Equally spaced in atan(sigma).
    case klOptimal = "kl_optimal"

    /// Whether it is a list of noise levels, the same for every sampler; else each sampler follows its own diffusers
    /// scheduler, which space and round timesteps in ways of their own (Lin et al. 2023, table 2).
    var isOfSigmas: Bool {
        switch self {
        case .leading, .trailing, .linspace, .lcm: false
        default: true
        }
    }
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

    /// diffusers: schedulers/scheduling_ddim.py::set_timesteps; for lcm scheduling_lcm.py::set_timesteps
    func ddimTimesteps(_ count: Int, _ spacing: TimestepSpacing) -> [Int] {
        switch spacing {
        case .linspace: evenly(0, Double(last), count).reversed().map { Int($0.rounded(.toNearestOrEven)) }
        case .leading:
            (0..<count).reversed().map { $0 * (sigmas.count / count) + (ddpm?.stepsOffset ?? 0) }
        case .lcm: distillationTimesteps(count)
        default: trailing(count)
        }
    }

    /// DPM-Solver's and UniPC's: leading and linspace space one step more and leave out the last one.
    ///
    /// diffusers: schedulers/scheduling_dpmsolver_multistep.py::set_timesteps
    func dpmTimesteps(_ count: Int, _ spacing: TimestepSpacing) -> [Int] {
        switch spacing {
        case .linspace:
            evenly(0, Double(last), count + 1).reversed().dropLast().map { Int($0.rounded(.toNearestOrEven)) }
        case .leading:
            (1...count).reversed().map { $0 * (sigmas.count / (count + 1)) + (ddpm?.stepsOffset ?? 0) }
        case .lcm: distillationTimesteps(count)
        default: trailing(count)
        }
    }

    /// How many steps a spacing can have.
    func mostSteps(_ spacing: TimestepSpacing, _ sampler: Sampler) -> Int {
        switch spacing {
        case .lcm: min(Self.distillationSteps, sigmas.count)
        case .leading where sampler.isOfDPMSolver: sigmas.count - 1
        default: sigmas.count
        }
    }

    /// The noise levels of a spacing that is a list of them, falling, without the 0 at the end.
    ///
    /// k-diffusion: sampling.py::get_sigmas_karras; ComfyUI: comfy/samplers.py, comfy_extras/nodes_align_your_steps.py
    func sigmas(_ count: Int, _ spacing: TimestepSpacing) -> [Float] {
        let (low, high) = (Double(sigmas[0]), Double(sigmas[last]))
        switch spacing {
        case .exponential:
            let (from, to) = (Double.log(high), Double.log(low))
            return ramp(count).map { Float(Double.exp(from + $0 * (to - from))) }
        case .simple:
            let step = Double(sigmas.count) / Double(count)
            return (0..<count).map { sigmas[last - Int(Double($0) * step)] }
        case .normal: return ramp(count).map { sigma(logarithmicallyAt: (1 - $0) * Double(last)) }
        case .sgmUniform:
            return ramp(count + 1).dropLast().map { sigma(logarithmicallyAt: (1 - $0) * Double(last)) }
        case .beta:
            let indices = (0..<count).map { i in
                betaQuantile(1 - Double(i) / Double(count)) * Double(last)
            }
            return indices.map { sigmas[Int($0.rounded(.toNearestOrEven))] }
        case .klOptimal:
            let (from, to) = (arctangent(high), arctangent(low))
            return ramp(count).map { fraction in
                let angle = from + fraction * (to - from)
                return Float(Double.sin(angle) / Double.cos(angle))
            }
        case .alignYourSteps:
            let table = Self.alignedSigmas.map { Double.log($0) }
            return ramp(count + 1).dropLast().map { fraction in
                let position = fraction * Double(table.count - 1)
                let i = min(Int(position), table.count - 2)
                return Float(Double.exp(table[i] + (table[i + 1] - table[i]) * (position - Double(i))))
            }
        default:
            let (from, to) = (root(sigmas[last], 7), root(sigmas[0], 7))
            return ramp(count).map { Float(Double.pow(from + $0 * (to - from), 7)) }
        }
    }

    private var last: Int { sigmas.count - 1 }

    /// From 0 to 1.
    private func ramp(_ count: Int) -> [Double] {
        (0..<count).map { count == 1 ? 0 : Double($0) / Double(count - 1) }
    }

    private static let distillationSteps = 50
    /// Sabour et al. 2024, for SDXL.
    private static let alignedSigmas = [
        14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289,
        0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582,
    ]

    private func distillationTimesteps(_ count: Int) -> [Int] {
        let steps = min(Self.distillationSteps, sigmas.count)
        return (0..<count).map { (steps - $0 * steps / count) * (sigmas.count / steps) - 1 }
    }

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

/// Of a number above zero: by halved angles, until the series is short.
private func arctangent(_ x: Double) -> Double {
    guard x < 0.1 else { return 2 * arctangent(x / (1 + (1 + x * x).squareRoot())) }
    return (0..<10).reversed().reduce(0) { sum, n in
        let term = 1 / Double(2 * n + 1)
        return (n.isMultiple(of: 2) ? term : -term) + x * x * sum
    } * x
}

/// Below which a share of Beta(0.6, 0.6) lies.
private func betaQuantile(_ share: Double) -> Double {
    if share >= 1 || share == 0.5 { return share }
    if share > 0.5 { return 1 - betaQuantile(1 - share) }
    var (low, high) = (0.0, 0.5)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if betaShare(middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
}

/// The regularised incomplete beta function for a = b = 0.6 up to one half, by its power series.
private func betaShare(_ x: Double) -> Double {
    let a = 0.6
    let whole = 2.4153442080024714
    var (term, sum) = (1.0, 1 / a)
    for n in 1..<80 {
        term *= (Double(n) - a) / Double(n) * x
        sum += term / (a + Double(n))
    }
    return Double.pow(x, a) * sum / whole
}
