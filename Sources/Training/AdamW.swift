import Elementary
import Kernels
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101), step by step as
/// torch.optim.AdamW computes it: decay first, and eps added to the root of the corrected second moment.
///
/// torch/optim/adamw.py, torch/optim/adam.py::_single_tensor_adam
public struct AdamW: Hashable, Sendable {
    /// Which parameters decay.
    public enum Decaying: Hashable, Sendable {
        case all
        /// Those of two dimensions or more: neither biases nor the parameters of norms.
        case matrices
        /// All but some.
        case except(NameRule)
    }

    public var beta1: Double
    public var beta2: Double
    public var eps: Double
    /// Per unit of learning rate.
    public var weightDecay: Double
    public var decaying: Decaying

    public init(
        beta1: Double = 0.9,
        beta2: Double = 0.999,
        eps: Double = 1e-8,
        weightDecay: Double = 1e-2,
        decaying: Decaying = .matrices
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weightDecay = weightDecay
        self.decaying = decaying
    }

    /// What is kept of each parameter between steps.
    public struct Moments: Hashable, Sendable {
        /// The running means of the gradient and of its square.
        public var first: [Float]
        public var second: [Float]
        /// The updates so far: a parameter that was frozen for a while has fewer than others.
        public var updates: Int

        init(count: Int) {
            first = Array(repeating: 0, count: count)
            second = first
            updates = 0
        }

        init(first: [Float], second: [Float], updates: Int) {
            self.first = first
            self.second = second
            self.updates = updates
        }
    }

    /// One update of one parameter.
    ///
    /// - Parameters:
    ///   - gradient: of the parameter's shape
    ///   - gradientScale: what the gradient is multiplied by first, from clipping
    ///   - rate: the learning rate of this step
    ///   - moments: brought up to date in place
    /// - Returns: the parameter's new values
    public func updated(
        _ parameter: Tensor,
        name: String,
        gradient: Tensor,
        gradientScale: Float = 1,
        rate: Double,
        moments: inout Moments
    ) -> Tensor {
        require(
            parameter.shape == gradient.shape && moments.first.count == parameter.count,
            "a gradient of \(gradient.title) and \(moments.first.count) moments for \(parameter.title)"
        )
        moments.updates += 1
        let constants = Constants(
            gradientScale: gradientScale,
            kept: Float(1 - rate * (decays(name, parameter) ? weightDecay : 0)),
            beta2: Float(beta2),
            entering1: Float(1 - beta1),
            entering2: Float(1 - beta2),
            root: Float((1 - Double.pow(beta2, Double(moments.updates))).squareRoot()),
            eps: Float(eps),
            stepSize: Float(rate / (1 - Double.pow(beta1, Double(moments.updates))))
        )
        var values = parameter.values
        values.withUnsafeMutableBufferPointer { values in
            moments.first.withUnsafeMutableBufferPointer { first in
                moments.second.withUnsafeMutableBufferPointer { second in
                    gradient.withValues { gradient in
                        Parallel.forRanges(values.count, grain: elementGrain) { range in
                            constants.update(values, first, second, gradient, range)
                        }
                    }
                }
            }
        }
        return Tensor(values, shape: parameter.shape)
    }

    private func decays(_ name: String, _ parameter: Tensor) -> Bool {
        switch decaying {
        case .all: true
        case .matrices: parameter.rank >= 2
        case .except(let rule): !rule.contains(name)
        }
    }
}

/// What one update of one parameter multiplies and adds, in the precision of its floats.
private struct Constants {
    let gradientScale: Float
    /// What decay leaves of a value.
    let kept: Float
    let beta2: Float
    /// 1 - beta.
    let entering1: Float
    let entering2: Float
    /// The root of the second moment's correction.
    let root: Float
    let eps: Float
    let stepSize: Float

    func update(
        _ values: UnsafeMutableBufferPointer<Float>,
        _ first: UnsafeMutableBufferPointer<Float>,
        _ second: UnsafeMutableBufferPointer<Float>,
        _ gradient: UnsafeBufferPointer<Float>,
        _ range: Range<Int>
    ) {
        for i in range {
            let g = gradient[i] * gradientScale
            let m = first[i] + entering1 * (g - first[i])
            let v = second[i] * beta2 + entering2 * g * g
            first[i] = m
            second[i] = v
            values[i] = values[i] * kept - stepSize * (m / (v.squareRoot() / root + eps))
        }
    }
}
