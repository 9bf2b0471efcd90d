import Foundation
import Kernels
import Tensors
import Testing
import Training

@Suite struct TrainerTests {
    @Test func aSmallNetworkLearns() throws {
        var training = SmallTraining()
        let losses = try (0..<200).map { _ in try training.step(samples: 24).loss }
        let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(last < 0.2 * first, "from \(first / 10) to \(last / 10)")
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        func run(_ threads: Int) throws -> ([String: [UInt32]], [StepReport]) {
            try ComputeSettings.with(threads: threads) {
                var training = SmallTraining()
                let reports = try (0..<3).map { _ in try training.step() }
                return (training.bits, reports)
            }
        }
        let (bits, reports) = try run(1)
        #expect(bits.count == 8 * 4)
        for threads in [2, 5] {
            let (others, otherReports) = try run(threads)
            #expect(others == bits, "\(threads) threads")
            #expect(otherReports == reports, "\(threads) threads")
        }
    }

    /// The micro-batches' gradients and losses add up to those of the batch: 10 samples are 3, 3, 3 and 1.
    @Test func partsMakeUpTheBatch() throws {
        let values = (0..<10).map { Float($0) }
        let leaf = Tensor([2], shape: [1]).tracked()
        func gradients(microBatchSize: Int) throws -> BatchGradients {
            try GradientAccumulation(microBatchSize: microBatchSize)(samples: 10, leaves: [leaf]) { microBatch in
                let x = Tensor(Array(values[microBatch]), shape: [microBatch.count])
                return SampleLoss((x * leaf.repeated(microBatch.count)).mean(), terms: ["x": x.mean().values[0]])
            }
        }
        for microBatchSize in [1, 3, 10, 64] {
            let found = try gradients(microBatchSize: microBatchSize)
            #expect(abs(found.gradients[0].values[0] - 4.5) < 2e-6)
            #expect(abs(found.loss - 9) < 4e-6)
            #expect(abs(found.terms["x"]! - 4.5) < 2e-6)
        }
    }

    @Test func whatIsFrozenStaysAndHasNoMoments() throws {
        var training = SmallTraining(frozen: NameRule(below: ["conv", "nor"]))
        try training.step()
        let before = training.trainer.weights.values
        for _ in 0..<3 { try training.step() }
        let after = training.trainer.weights.values
        #expect(before["conv.weight"]!.values == after["conv.weight"]!.values)
        for name in ["norm.weight", "mlp.inner.weight"] { #expect(before[name]!.values != after[name]!.values) }
        #expect(Set(training.trainer.moments.keys) == Set(after.keys).subtracting(["conv.weight", "conv.bias"]))

        training.trainer.weights.freeze(NameRule(below: ["mlp"]))
        func distance() -> Float {
            let average = training.trainer.average!.values["mlp.outer.bias"]!.values[0]
            return abs(average - after["mlp.outer.bias"]!.values[0])
        }
        let lag = distance()
        try training.step()
        #expect(distance() < 0.6 * lag && lag > 0, "an average goes on to what is frozen: from \(lag) to \(distance())")
        #expect(training.trainer.average!.values["norm.weight"] != nil)
        let last = training.trainer.weights.values
        #expect(last["conv.weight"]!.values != after["conv.weight"]!.values)
        #expect(last["mlp.outer.bias"]!.values == after["mlp.outer.bias"]!.values)
        #expect(training.trainer.moments["conv.weight"]!.updates == 1)
        #expect(training.trainer.moments["norm.weight"]!.updates == 5)
    }

    @Test func aStepThatDivergesChangesNothing() throws {
        var training = SmallTraining()
        try training.step()
        let bits = training.bits
        do {
            try training.step(factor: .infinity)
            Issue.record("an infinite loss was accepted")
        } catch TrainingError.diverged(let step, let losses, _) {
            #expect(step == 1)
            #expect(losses.keys.sorted() == ["loss", "samples", "square"])
        }
        #expect(training.bits == bits && training.trainer.step == 1)
        #expect(throws: TrainingError.emptyBatch) { try training.step(samples: 0) }
    }

    /// The first micro-batch is done last, and the sum of these numbers depends on their order.
    @Test func partsAreAddedInTheirOrder() throws {
        let values: [Float] = [1e8, 1, -1e8, 1]
        let leaf = Tensor([1], shape: [1]).tracked()
        let found = try ComputeSettings.with(threads: 4) {
            try GradientAccumulation(microBatchSize: 1)(samples: 4, leaves: [leaf]) { microBatch in
                if microBatch.lowerBound == 0 { usleep(50_000) }
                return SampleLoss(leaf * values[microBatch.lowerBound])
            }
        }
        #expect(found.gradients[0].values == [0.25])
        #expect(found.loss == 0.25)
    }

    @Test func theFirstPartThatFailsIsReported() {
        struct Failure: Error, Equatable { let sample: Int }
        #expect(throws: Failure(sample: 3)) {
            try ComputeSettings.with(threads: 4) {
                _ = try GradientAccumulation(microBatchSize: 1)(samples: 8, leaves: []) { microBatch in
                    if microBatch.lowerBound >= 3 { throw Failure(sample: microBatch.lowerBound) }
                    return SampleLoss(Tensor([0], shape: [1]))
                }
            }
        }
    }
}

extension Tensor {
    /// (1) -> (count)
    fileprivate func repeated(_ count: Int) -> Tensor {
        Tensor.concatenated(Array(repeating: self, count: count), axis: 0)
    }
}
