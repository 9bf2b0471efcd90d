import Kernels
import Tensors
import Training

/// A small network to train: a convolution, a norm, and two layers, one of more numbers than a thread takes at a time.
struct SmallNetwork: Sendable {
    let conv: Conv2d
    let norm: GroupNorm
    let inner: Linear
    let outer: Linear

    init(_ w: Weights) throws {
        conv = try Conv2d(w / "conv", from: 2, to: 8, kernel: 3)
        norm = try GroupNorm(w / "norm", groups: 2, channels: 8)
        inner = try Linear(w / "mlp" / "inner", from: 128, to: 300)
        outer = try Linear(w / "mlp" / "outer", from: 300, to: 1)
    }

    /// x (B, 4, 4, 2) -> (B, 1)
    func callAsFunction(_ x: Tensor) -> Tensor {
        outer(inner(norm(conv(x), silu: true).reshaped([x.shape[0], 128])).silu())
    }
}

/// Trains `SmallNetwork` to tell the mean of the first channel's squares, on fresh numbers in each step.
struct SmallTraining {
    var trainer: Trainer

    init(seed: UInt64 = 3, frozen: NameRule = .none, rate: Double = 3e-3) {
        trainer = Trainer(
            TrainableWeights(name: "small", seed: seed, frozen: frozen),
            settings: TrainingSettings(
                learningRate: LearningRate(peak: rate, warmUp: 2, decay: .cosine(steps: 400, final: 1e-4)),
                averageDecay: 0.9,
                accumulation: GradientAccumulation(microBatchSize: 3)
            ),
            seeds: ["data": SeedStream(seed: 11), "unused": SeedStream(seed: .max)]
        )
    }

    /// - Parameter factor: of the loss
    @discardableResult
    mutating func step(samples: Int = 10, factor: Float = 1) throws -> StepReport {
        let sources = trainer.seeds["data", default: SeedStream(seed: 11)].next(samples)
        let inputs = sources.map { source in
            var source = source
            return source.normal([1, 4, 4, 2])
        }
        return try trainer.step(samples: samples, build: SmallNetwork.init) { network, microBatch in
            let x = Tensor.concatenated(Array(inputs[microBatch]), axis: 0)
            let wanted = inputs[microBatch].map { input in
                stride(from: 0, to: 32, by: 2).reduce(0) { $0 + input.values[$1] * input.values[$1] } / 16
            }
            let error = network(x) - Tensor(wanted, shape: [microBatch.count, 1])
            let loss = (error * error).mean()
            return SampleLoss(loss * factor, terms: ["samples": Float(microBatch.count), "square": loss.values[0]])
        }
    }

    mutating func resume(from state: TrainingState) throws {
        try trainer.resume(from: state, build: SmallNetwork.init)
    }

    /// All that a step changes, as bits.
    var bits: [String: [UInt32]] {
        var bits = trainer.weights.values.mapValues { $0.values.map(\.bitPattern) }
        for (name, moments) in trainer.moments {
            bits["first.\(name)"] = moments.first.map(\.bitPattern)
            bits["second.\(name)"] = moments.second.map(\.bitPattern)
        }
        for (name, value) in trainer.average?.values ?? [:] { bits["average.\(name)"] = value.values.map(\.bitPattern) }
        return bits
    }
}
