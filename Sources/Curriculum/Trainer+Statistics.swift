import Tensors
import Training

extension Trainer {
    /// How many micro-batches the norms' final statistics are measured on.
    private static var measuredBatches: Int { 16 }

    /// What a training of a network with batch norms ends with: the averages of its weights over the last steps, or the
    /// weights where no averages are kept, with the norms' statistics measured for them.
    ///
    /// - Parameters:
    ///   - seeds: of what the network is shown
    ///   - build: makes the network from weights
    ///   - show: shows it one micro-batch
    func withStatistics<Network>(
        seeds: SeedStream,
        build: (Weights) throws -> Network,
        show: (Network, inout SeedStream) -> Void
    ) throws -> [String: Tensor] {
        let final = weights.values.merging(average?.values ?? [:]) { $1 }
        let statistics = BatchStatistics()
        let network = try build(Weights(GivenWeights(name: weights.name, final), statistics: .noted(by: statistics)))
        var seeds = seeds
        for _ in 0..<Self.measuredBatches { show(network, &seeds) }
        return final.merging(statistics.tensors) { $1 }
    }
}
