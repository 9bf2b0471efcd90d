import Curriculum
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing
import Training

@Suite struct RecognizerTrainingTests {
    private let golden = Golden("recogniser.safetensors", recognitionTests)

    private func batch(_ i: Int) -> Tensor {
        let all = golden["batches"]
        return all.sliced(axis: 0, i..<i + 1).reshaped(Array(all.shape.dropFirst()))
    }

    /// The loss of a batch with its own statistics, and the gradient of every parameter.
    @Test func gradientsOfABatch() throws {
        let weights = TrainableWeights(name: "golden", from: golden.file, seed: nil)
        let w = Weights(weights, statistics: .ofInput) / "model"
        let network = try IResNet(w, config: IResNet.Config(Weights(golden.file) / "model"))
        let loss = SupervisedContrast()(network(batch(0)))
        assertClose(loss.total, golden["loss"].reshaped([1]), relative: 3e-6, "loss")
        let trained = weights.trained
        let found = gradients(of: loss.total, for: trained.map(\.leaf))
        for ((name, _), gradient) in zip(trained, found) {
            let reference = golden[name.replacing("model.", with: "gradient.", maxReplacements: 1)]
            // A shift before a norm changes nothing: its gradient is 0, but for rounding.
            if reference.values.allSatisfy({ abs($0) < 1e-5 }) {
                #expect(gradient.values.allSatisfy { abs($0) < 2e-6 }, "\(name)")
            } else {
                assertClose(gradient, reference, relative: 1.1e-5, name)
            }
        }
        #expect(trained.count == golden.file.tensorNames.count { $0.hasPrefix("gradient.") })
    }

    /// PyTorch's running statistics with `momentum=None`, and the network that evaluates with them.
    @Test func measuredStatistics() throws {
        let statistics = BatchStatistics()
        let w = Weights(golden.file, statistics: .noted(by: statistics)) / "model"
        let network = try IResNet(w, config: IResNet.Config(w))
        for i in 0..<2 { _ = network(batch(i)) }
        let measured = statistics.tensors
        #expect(measured.count == golden.file.tensorNames.count { $0.hasPrefix("measured.") })
        for (name, tensor) in measured {
            let expected = golden[name.replacing("model.", with: "measured.", maxReplacements: 1)]
            assertClose(tensor, expected, relative: 2e-6, name)
        }
        let names = golden.file.tensorNames.filter { $0.hasPrefix("model.") && !$0.hasSuffix("tracked") }
        let all = Dictionary(uniqueKeysWithValues: names.map { ($0, golden[$0]) }).merging(measured) { $1 }
        let evaluating = try IResNet(Weights(GivenWeights(name: "measured", all)) / "model", config: network.config)
        assertClose(evaluating(batch(1)), golden["features"], relative: 4e-6)
    }

    private func training(steps: Int) -> RecognizerTraining {
        RecognizerTraining(
            config: IResNet.Config(stemWidth: 8, depths: [1, 1, 1, 1], widths: [8, 8, 16, 16], grid: 1, features: 16),
            people: .diverse,
            picturesEach: 2,
            seed: 3,
            steps: steps,
            peopleAtATime: 12
        )
    }

    @Test func learnsAndResumesToTheSameBits() throws {
        var whole = training(steps: 30)
        var losses: [Float] = []
        while !whole.isDone { losses.append(try whole.step().loss) }
        #expect(losses[25...].reduce(0, +) < 0.9 * losses[..<5].reduce(0, +))

        var first = training(steps: 30)
        for _ in 0..<11 { _ = try first.step() }
        var second = training(steps: 30)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        let result = try whole.result()
        #expect(try second.result().mapValues(\.values) == result.mapValues(\.values))

        // Killed after the last step, before there was a result.
        var third = training(steps: 30)
        try third.resume(from: whole.trainer.state)
        #expect(try third.isDone && third.result().mapValues(\.values) == result.mapValues(\.values))

        // What comes out is a whole network, with statistics.
        let w = Weights(GivenWeights(name: "result", result))
        #expect(try IResNet.Config(w) == whole.config)
        _ = try IResNet(w, config: whole.config)
        try w.assertAllUsed()
        #expect(result["layer1.0.bn1.running_mean"]?.values.contains { $0 != 0 } == true)
        #expect(result["features.weight"]?.values.allSatisfy { $0 == 1 } == true)
    }
}
