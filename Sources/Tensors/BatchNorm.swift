import CKernels
import Kernels

/// torch.nn.BatchNorm over the last dimension: one scale and one shift per channel.
public struct BatchNorm: Sendable {
    /// Whose mean and variance a norm takes.
    public enum Statistics: Sendable {
        /// Those of the file, `running_mean` and `running_var`: evaluation. Gradients flow to the input alone.
        case running
        /// Those of the input itself, as in training: what a sample becomes depends on the others beside it.
        case ofInput
        /// Likewise, and they are noted.
        case noted(by: BatchStatistics)
    }

    public let weight, bias: Tensor
    public let eps: Float
    /// Of evaluation: x * scale + shift.
    public let scale, shift: Tensor
    private let statistics: Statistics
    private let path: String

    public init(_ w: Weights, channels: Int, eps: Float = 1e-5) throws {
        weight = try w.tensor("weight", shape: [channels], initial: .ones)
        bias = try w.tensor("bias", shape: [channels], initial: .zeros)
        let mean = try w.tensor("running_mean", shape: [channels], initial: .zeros).values
        let variance = try w.tensor("running_var", shape: [channels], initial: .ones).values
        let (weights, biases) = (weight.values, bias.values)
        let scales = zip(weights, variance).map { $0 / ($1 + eps).squareRoot() }
        scale = Tensor(scales, shape: [channels])
        shift = Tensor((0..<channels).map { biases[$0] - mean[$0] * scales[$0] }, shape: [channels])
        self.eps = eps
        statistics = w.statistics
        path = w.path
        w.ignore { $0.hasSuffix("num_batches_tracked") }
    }

    /// (..., channels) -> (..., channels)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch statistics {
        case .running: return x.channelAffine(scale, shift)
        case .ofInput: return x.batchNorm(weight, bias, eps: eps)
        case .noted(let statistics):
            statistics.note(x, of: path)
            return x.batchNorm(weight, bias, eps: eps)
        }
    }
}

extension Tensor {
    /// torch.nn.functional.batch_norm(training=True) of (..., C): each channel by its mean and variance over everything
    /// else. That is group normalisation of a single picture with one channel to a group.
    public func batchNorm(_ weight: Tensor, _ bias: Tensor, eps: Float) -> Tensor {
        let (rows, columns) = rowsAndColumns
        return reshaped([1, rows, columns]).groupNorm(weight, bias, groups: columns, eps: eps).reshaped(shape)
    }
}

extension Tensor {
    /// x * scale + shift, with scale and shift (C) along the last dimension; gradients flow to x alone.
    fileprivate func channelAffine(_ scale: Tensor, _ shift: Tensor) -> Tensor {
        let (_, columns) = rowsAndColumns
        require(scale.count == columns && shift.count == columns, "a norm of \(scale.title) does not fit \(title)")
        return Tensor.rowwise(shape) { rows, y in
            let x = pointer + rows.lowerBound * columns
            pk_channel_affine(x, scale.pointer, shift.pointer, y, rows.count, columns, 0)
        }.recorded(from: self) { dy in [dy.multipliedByRow(scale)] }
    }
}
