import Kernels
import Synchronization
import Tensors

/// The loss of some samples.
public struct SampleLoss: Sendable {
    /// Their mean loss, (1), with its graph.
    public let total: Tensor
    /// The means of parts of it, or of anything else to report, by name.
    public let terms: [String: Float]

    public init(_ total: Tensor, terms: [String: Float] = [:]) {
        self.total = total
        self.terms = terms
    }
}

/// What a batch gives: means over its samples.
public struct BatchGradients: Sendable {
    /// In the order of the leaves.
    public let gradients: [Tensor]
    public let loss: Float
    public let terms: [String: Float]
}

/// Gradients of a batch, in micro-batches of a few samples. How a batch is cut depends on its size alone, and their gradients
/// are added in their order, so the sum has the same bits for any number of threads. Each is computed forward and back by one
/// thread while there are some for all: that costs less waiting than splitting each loop, and the memory of at most one
/// micro-batch's graph a thread.
public struct GradientAccumulation: Hashable, Sendable {
    /// Samples in a micro-batch; the last may have fewer.
    public var microBatchSize: Int

    public init(microBatchSize: Int) { self.microBatchSize = max(1, microBatchSize) }

    /// - Parameters:
    ///   - samples: how many the batch has
    ///   - leaves: what gradients are wanted for
    ///   - team: processes that compute the batch together; all call this, with the same samples and leaves
    ///   - loss: of the samples of a range; called by several threads at once
    /// - Throws: `TrainingError.emptyBatch`, and what `loss` throws, of the first micro-batch that does
    public func callAsFunction(
        samples: Int,
        leaves: [Tensor],
        team: (any TrainingTeam)? = nil,
        loss: @Sendable (Range<Int>) throws -> SampleLoss
    ) throws -> BatchGradients {
        guard samples > 0 else { throw TrainingError.emptyBatch }
        let ranges = stride(from: 0, to: samples, by: microBatchSize).map { $0..<min(samples, $0 + microBatchSize) }
        @Sendable func microBatch(_ i: Int) -> Result<BatchGradients, any Error> {
            Result { try gradients(of: ranges[i], share: Float(ranges[i].count) / Float(samples), leaves, loss) }
        }
        // One micro-batch is each process's own work: sending it would take longer.
        if let team, team.size > 1, ranges.count > 1 {
            let own = team.share(of: ranges.count)
            let found = Mutex<[Int: Result<BatchGradients, any Error>]>([:])
            Parallel.forEach(own.count) { i in
                let gradients = microBatch(own.lowerBound + i)
                found.withLock { $0[i] = gradients }
            }
            let ordered = found.withLock { found in own.indices.compactMap { found[$0 - own.lowerBound] } }
            return try TeamSum(team: team, microBatches: ranges.count, leaves: leaves)(ordered)
        }
        let sum = Mutex(OrderedSum())
        Parallel.forEach(ranges.count) { i in
            let gradients = microBatch(i)
            sum.withLock { $0.add(gradients, at: i) }
        }
        return try sum.withLock { try $0.total() }
    }

    private func gradients(
        of samples: Range<Int>,
        share: Float,
        _ leaves: [Tensor],
        _ loss: (Range<Int>) throws -> SampleLoss
    ) throws -> BatchGradients {
        let found = try loss(samples)
        require(found.total.count == 1, "a loss is one number, not \(found.total.shape)")
        let seed = Tensor(repeating: share, shape: found.total.shape)
        return BatchGradients(
            gradients: Tensors.gradients(of: found.total, seed: seed, for: leaves),
            loss: found.total.values[0] * share,
            terms: found.terms.mapValues { $0 * share }
        )
    }
}

/// Adds the gradients of micro-batches in their order, whatever the order they come in.
private struct OrderedSum {
    private var sum: BatchGradients?
    private var failure: (any Error)?
    private var waiting: [Int: Result<BatchGradients, any Error>] = [:]
    private var next = 0

    mutating func add(_ gradients: Result<BatchGradients, any Error>, at index: Int) {
        waiting[index] = gradients
        while let gradients = waiting.removeValue(forKey: next) {
            next += 1
            switch gradients {
            case .success(let gradients) where failure == nil: sum = sum.map { $0 + gradients } ?? gradients
            case .success: break
            case .failure(let error): failure = failure ?? error
            }
        }
    }

    func total() throws -> BatchGradients {
        if let failure { throw failure }
        guard let sum else { throw TrainingError.emptyBatch }
        return sum
    }
}

extension BatchGradients {
    fileprivate static func + (a: BatchGradients, b: BatchGradients) -> BatchGradients {
        BatchGradients(
            gradients: zip(a.gradients, b.gradients).map { $0 + $1 },
            loss: a.loss + b.loss,
            terms: a.terms.merging(b.terms) { $0 + $1 }
        )
    }
}
