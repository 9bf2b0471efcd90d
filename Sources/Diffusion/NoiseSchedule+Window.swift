import Elementary
import Kernels

extension NoiseSchedule {
    /// The noise levels of a stretch of the way from noise, 0, to picture, 1, which is measured in training timesteps:
    /// at 0.25 a quarter of them lies behind, however many steps a render takes. Both ends belong to it, and from 0 to
    /// 1 it is all levels there can be.
    ///
    /// With trailing spacing, n steps start at about 0, 1/n, 2/n and so on; a step belongs to the stretch from its own
    /// start on, and does not when the stretch ends there. ComfyUI: comfy/model_sampling.py::percent_to_sigma; a call of
    /// the model belongs if its sigma lies between the two.
    /// - Precondition: from 0 to 1, and `start` is not above `end`
    public func sigmas(from start: Double, to end: Double) -> ClosedRange<Float> {
        require(0 <= start && start <= end && end <= 1, "no stretch of the way from \(start) to \(end)")
        let (high, low) = (sigma(fraction: start), sigma(fraction: end))
        return min(low, high)...high
    }

    /// Between two timesteps the logarithm of sigma is interpolated.
    private func sigma(fraction: Double) -> Float {
        if fraction <= 0 { return .infinity }
        if fraction >= 1 { return 0 }
        let position = Float((1 - fraction) * Double(sigmas.count - 1))
        let low = Int(position)
        let (a, b) = (Float.log(sigmas[low]), Float.log(sigmas[min(low + 1, sigmas.count - 1)]))
        let share = position - Float(low)
        return Float.exp((1 - share) * a + share * b)
    }
}
