import Kernels
import Synchronization

/// Measures what a trained network's batch norms need for evaluation: the mean and variance of each norm's input, averaged
/// over batches, with the final weights (Wu and Johnson 2021, https://arxiv.org/abs/2105.07576, "precise" statistics).
/// Running averages kept during training would lag behind the weights.
///
/// Networks made of `Weights(_, statistics: .noted(by:))` tell it what their norms see. Batches are added in the order of
/// the calls, so call them from one thread.
public final class BatchStatistics: Sendable {
    private struct Sums {
        var batches = 0
        var means: [Double]
        var variances: [Double]
    }

    private let sums = Mutex<[String: Sums]>([:])

    public init() {}

    /// `<path>.running_mean` and `<path>.running_var` of each norm that has run.
    public var tensors: [String: Tensor] {
        sums.withLock { sums in
            var tensors: [String: Tensor] = [:]
            for (path, sum) in sums {
                func average(_ values: [Double]) -> Tensor {
                    Tensor(values.map { Float($0 / Double(sum.batches)) }, shape: [values.count])
                }
                tensors["\(path).running_mean"] = average(sum.means)
                tensors["\(path).running_var"] = average(sum.variances)
            }
            return tensors
        }
    }

    /// The unbiased variance, as torch.nn.BatchNorm keeps it.
    func note(_ x: Tensor, of path: String) {
        let (rows, channels) = x.rowsAndColumns
        let means = columnSums(x.pointer, rows: rows, columns: channels).map { $0 / Double(max(1, rows)) }
        let centred = x.detached().addingRow(Tensor(means.map { Float(-$0) }, shape: [channels]))
        let squared = centred * centred
        let squares = withExtendedLifetime(squared) { columnSums($0.pointer, rows: rows, columns: channels) }
        let variances = squares.map { $0 / Double(max(1, rows - 1)) }
        sums.withLock { sums in
            var sum =
                sums[path]
                ?? Sums(
                    means: Array(repeating: 0, count: channels),
                    variances: Array(repeating: 0, count: channels)
                )
            sum.batches += 1
            for c in 0..<channels {
                sum.means[c] += means[c]
                sum.variances[c] += variances[c]
            }
            sums[path] = sum
        }
    }
}
