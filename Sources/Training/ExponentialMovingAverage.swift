import Kernels
import Tensors

/// Averages of parameters over the steps of a training, recent ones weighing more; they draw better pictures than the
/// parameters themselves. The decay rises from 0 to its limit, so that the first values are soon forgotten.
///
/// diffusers: training_utils.py::EMAModel, without `use_ema_warmup`
public struct ExponentialMovingAverage: Sendable {
    /// The decay that is reached in the end.
    public let limit: Double
    public private(set) var updates = 0
    private var averages: [String: Average] = [:]

    private struct Average {
        let shape: [Int]
        var values: [Float]

        mutating func approach(_ parameter: Tensor, by fraction: Float) {
            require(parameter.shape == shape, "an average of \(shape) meets \(parameter.shape)")
            values.withUnsafeMutableBufferPointer { average in
                parameter.withValues { parameter in
                    Parallel.forRanges(average.count, grain: elementGrain) { range in
                        for i in range { average[i] -= fraction * (average[i] - parameter[i]) }
                    }
                }
            }
        }
    }

    public init(limit: Double) { self.limit = limit }

    init(limit: Double, updates: Int, values: [String: Tensor]) {
        self.limit = limit
        self.updates = updates
        averages = values.mapValues { Average(shape: $0.shape, values: $0.values) }
    }

    /// How much of the averages update number `update` keeps, counted from 1.
    public func decay(update: Int) -> Double {
        update <= 1 ? 0 : min(Double(update) / Double(update + 9), limit)
    }

    /// The averages, by name.
    public var values: [String: Tensor] { averages.mapValues { Tensor($0.values, shape: $0.shape) } }

    /// Lets the parameters after a step enter; a name that is new begins with its value.
    public mutating func update(_ parameters: [String: Tensor]) {
        updates += 1
        let entering = Float(1 - decay(update: updates))
        for (name, parameter) in parameters {
            averages[name, default: Average(shape: parameter.shape, values: parameter.values)]
                .approach(parameter, by: entering)
        }
    }
}
