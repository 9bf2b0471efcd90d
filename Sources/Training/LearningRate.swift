import Elementary

/// The learning rate over the steps of a training: it rises linearly from 0, stays, and falls.
///
/// The curves are those of diffusers: optimization.py::get_constant_schedule_with_warmup,
/// get_linear_schedule_with_warmup, get_cosine_schedule_with_warmup. A time at the peak and a floor come in addition.
public struct LearningRate: Hashable, Sendable {
    public enum Decay: Hashable, Sendable {
        /// None: the rate stays at its peak.
        case constant
        /// Down to `final` at step `steps`, along a line.
        case linear(steps: Int, final: Double)
        /// Down to `final` at step `steps`, along half a cosine.
        case cosine(steps: Int, final: Double)
    }

    public var peak: Double
    /// Steps until the peak is reached.
    public var warmUp: Int
    /// Steps at the peak before decay sets in.
    public var hold: Int
    public var decay: Decay

    public init(peak: Double, warmUp: Int = 0, hold: Int = 0, decay: Decay = .constant) {
        self.peak = peak
        self.warmUp = warmUp
        self.hold = hold
        self.decay = decay
    }

    /// - Parameter step: from 0 on
    public subscript(step: Int) -> Double {
        if step < warmUp { return peak * Double(step) / Double(warmUp) }
        switch decay {
        case .constant:
            return peak
        case .linear(let steps, let final):
            return final + (peak - final) * (1 - progress(step, of: steps))
        case .cosine(let steps, let final):
            return final + (peak - final) * 0.5 * (1 + Double.cos(.pi * progress(step, of: steps)))
        }
    }

    /// How much of the decay is over, 0 ... 1.
    private func progress(_ step: Int, of steps: Int) -> Double {
        let start = warmUp + hold
        return min(1, max(0, Double(step - start) / Double(max(1, steps - start))))
    }
}
