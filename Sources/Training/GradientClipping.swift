import Kernels
import Tensors

/// Clipping by the norm of all gradients together.
///
/// torch/nn/utils/clip_grad.py::clip_grad_norm_
public struct GradientClipping: Hashable, Sendable {
    /// The norm that gradients are scaled down to.
    public var maximum: Double

    public init(maximum: Double) { self.maximum = maximum }

    /// What gradients of norm `norm` are multiplied by: at most 1.
    public func scale(norm: Double) -> Float { Float(min(1, maximum / (norm + 1e-6))) }
}

/// The Euclidean norm of all numbers of all tensors. The squares are summed in double precision, in an order that the
/// sizes alone decide.
public func globalNorm(_ tensors: [Tensor]) -> Double {
    tensors.reduce(0) { $0 + sumOfSquares($1) }.squareRoot()
}

private func sumOfSquares(_ tensor: Tensor) -> Double {
    var parts = [Double](repeating: 0, count: (tensor.count + elementGrain - 1) / elementGrain)
    parts.withUnsafeMutableBufferPointer { parts in
        tensor.withValues { x in
            Parallel.forRanges(x.count, grain: elementGrain) { range in
                parts[range.lowerBound / elementGrain] = range.reduce(0) { $0 + Double(x[$1]) * Double(x[$1]) }
            }
        }
    }
    return parts.reduce(0, +)
}
