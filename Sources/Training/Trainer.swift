import Kernels
import Tensors

/// How parameters follow their gradients.
public struct TrainingSettings: Hashable, Sendable {
    public var optimizer: AdamW
    public var learningRate: LearningRate
    public var clipping: GradientClipping?
    /// The limit of the decay of the parameters' averages; nil to keep none.
    public var averageDecay: Double?
    public var accumulation: GradientAccumulation

    public init(
        optimizer: AdamW = AdamW(),
        learningRate: LearningRate,
        clipping: GradientClipping? = GradientClipping(maximum: 1),
        averageDecay: Double? = nil,
        accumulation: GradientAccumulation
    ) {
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.clipping = clipping
        self.averageDecay = averageDecay
        self.accumulation = accumulation
    }
}

/// What a step reports: means over its batch.
public struct StepReport: Hashable, Sendable {
    /// From 0 on.
    public let step: Int
    public let loss: Float
    public let terms: [String: Float]
    /// Of the gradients, before clipping.
    public let norm: Double
    public let learningRate: Double
}

/// A training: parameters, and all that is remembered of them from step to step. What a step computes depends on the
/// parameters, the settings and the batch, never on the number of threads.
public struct Trainer: Sendable {
    public let weights: TrainableWeights
    public let settings: TrainingSettings
    /// Steps done.
    public internal(set) var step = 0
    /// Of each step done.
    public internal(set) var losses: [Float] = []
    /// The random sources of batches, noise and so on, by name; they are part of a checkpoint.
    public var seeds: [String: SeedStream]
    /// By parameter.
    public internal(set) var moments: [String: AdamW.Moments] = [:]
    /// Processes that train together with this one, each with a trainer in the same state.
    public var team: (any TrainingTeam)?
    /// The averages of what is trained or has been, if the settings ask for them.
    public internal(set) var average: ExponentialMovingAverage?

    public init(_ weights: TrainableWeights, settings: TrainingSettings, seeds: [String: SeedStream] = [:]) {
        self.weights = weights
        self.settings = settings
        self.seeds = seeds
        average = settings.averageDecay.map { ExponentialMovingAverage(limit: $0) }
    }

    /// Random sources for a step, one for each of its samples or parts.
    ///
    /// - Precondition: there is a stream of this name.
    public mutating func sources(_ count: Int, of stream: String) -> [TorchRandomSource] {
        guard var seeds = seeds[stream] else { fail("a training has no seeds for its \(stream)") }
        defer { self.seeds[stream] = seeds }
        return seeds.next(count)
    }

    /// One step: builds the network, computes the gradients of a batch, and updates the parameters.
    ///
    /// - Parameters:
    ///   - samples: how many the batch has
    ///   - statistics: what the network's batch norms take
    ///   - build: makes the network from the weights
    ///   - loss: of the samples of a range; called by several threads at once
    /// - Throws: `TrainingError.diverged`, with nothing changed; `TrainingError.emptyBatch`; and what `build` and `loss`
    ///   throw.
    public mutating func step<Network: Sendable>(
        samples: Int,
        statistics: BatchNorm.Statistics = .running,
        build: (Weights) throws -> Network,
        loss: @Sendable (Network, Range<Int>) throws -> SampleLoss
    ) throws -> StepReport {
        let network = try build(Weights(weights, statistics: statistics))
        let trained = weights.trained
        let batch = try settings.accumulation(samples: samples, leaves: trained.map(\.leaf), team: team) {
            try loss(network, $0)
        }
        let report = StepReport(
            step: step,
            loss: batch.loss,
            terms: batch.terms,
            norm: globalNorm(batch.gradients),
            learningRate: settings.learningRate[step]
        )
        guard report.norm.isFinite, report.loss.isFinite else {
            let losses = batch.terms.merging(["loss": batch.loss]) { $1 }
            throw TrainingError.diverged(step: step, losses: losses, norm: report.norm)
        }
        update(trained, batch.gradients, report)
        return report
    }

    private mutating func update(
        _ trained: [(name: String, leaf: Tensor)],
        _ gradients: [Tensor],
        _ report: StepReport
    ) {
        let scale = settings.clipping?.scale(norm: report.norm) ?? 1
        var values: [String: Tensor] = [:]
        for ((name, leaf), gradient) in zip(trained, gradients) {
            values[name] = settings.optimizer.updated(
                leaf,
                name: name,
                gradient: gradient,
                gradientScale: scale,
                rate: report.learningRate,
                moments: &moments[name, default: AdamW.Moments(count: leaf.count)]
            )
        }
        weights.update(values)
        // What was frozen in the meantime goes on to its last values.
        let trainedSoFar = weights.trainedSoFar
        average?.update(trainedSoFar)
        losses.append(report.loss)
        step += 1
    }
}
