import TensorTestSupport
import Tensors
import Testing
import Training

/// 20 steps of the whole update against PyTorch and diffusers: scripts/goldens/training.py.
@Suite struct OptimizerTests {
    private let golden = Golden("optimizer.safetensors", #filePath)
    private static let shapes = ["kernel": [4, 3, 3, 3], "matrix": [7, 5], "row": [5]]

    @Test func cosineWithMatricesDecaying() throws {
        try compare(
            "cosine",
            TrainingSettings(
                optimizer: AdamW(weightDecay: 0.1, decaying: .matrices),
                learningRate: LearningRate(peak: 0.05, warmUp: 4, decay: .cosine(steps: 20, final: 0)),
                clipping: GradientClipping(maximum: 1),
                averageDecay: 0.6,
                accumulation: GradientAccumulation(microBatchSize: 1)
            )
        )
    }

    @Test func linearWithAllDecayingAndALargeEps() throws {
        try compare(
            "linear",
            TrainingSettings(
                optimizer: AdamW(beta1: 0.8, beta2: 0.95, eps: 0.03, weightDecay: 0.02, decaying: .all),
                learningRate: LearningRate(peak: 0.2, warmUp: 3, decay: .linear(steps: 20, final: 0)),
                clipping: nil,
                averageDecay: 0.6,
                accumulation: GradientAccumulation(microBatchSize: 1)
            )
        )
    }

    @Test func constantWithNothingDecaying() throws {
        try compare(
            "constant",
            TrainingSettings(
                optimizer: AdamW(decaying: .except(NameRule(below: ["kernel"], lastParts: ["matrix", "row"]))),
                learningRate: LearningRate(peak: 0.01, warmUp: 5),
                clipping: GradientClipping(maximum: 0.3),
                averageDecay: 0.6,
                accumulation: GradientAccumulation(microBatchSize: 1)
            )
        )
    }

    /// The loss is the product of each parameter with the gradient that the reference put in.
    private func compare(_ name: String, _ settings: TrainingSettings) throws {
        let weights = TrainableWeights(name: "start", from: Start(golden), seed: nil)
        var trainer = Trainer(weights, settings: settings)
        let gradients = Self.shapes.keys.reduce(into: [:]) { $0[$1] = golden["gradient.\($1)"] }
        var rows: [String: [Float]] = [:]
        for step in 0..<20 {
            let report = try trainer.step(samples: 1) { w in
                try Self.shapes.sorted { $0.key < $1.key }.map {
                    (name: $0.key, value: try w.tensor($0.key, shape: $0.value, initial: .zeros))
                }
            } loss: { parameters, _ in
                let microBatches = parameters.map { name, value in
                    (value * row(step, of: gradients[name, default: value])).sum()
                }
                return SampleLoss(microBatches[0] + microBatches[1] + microBatches[2])
            }
            #expect(report.step == step)
            rows["norm", default: []].append(Float(report.norm))
            rows["rate", default: []].append(Float(report.learningRate))
            for (key, value) in weights.values { rows["parameter.\(key)", default: []] += value.values }
            for (key, value) in trainer.average?.values ?? [:] { rows["average.\(key)", default: []] += value.values }
        }
        #expect(rows.count == 8)
        for (key, found) in rows {
            let expected = golden["\(name).\(key)"]
            assertClose(Tensor(found, shape: expected.shape), expected, relative: 4e-7, "\(name).\(key)")
        }
    }

    @Test func aTimeAtThePeakAndAFloor() {
        let line = LearningRate(peak: 1, warmUp: 2, hold: 3, decay: .linear(steps: 9, final: 0.2))
        let expected = [0, 0.5, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2]
        for (step, rate) in expected.enumerated() { #expect(abs(line[step] - rate) < 1e-12, "step \(step)") }
        let cosine = LearningRate(peak: 1, decay: .cosine(steps: 4, final: 0.5))
        #expect((0...5).map { (cosine[$0] * 1e4).rounded() } == [10000, 9268, 7500, 5732, 5000, 5000])
    }
}

/// One of the values of a step.
private func row(_ step: Int, of steps: Tensor) -> Tensor {
    let shape = Array(steps.shape.dropFirst())
    let count = shape.reduce(1, *)
    return Tensor(Array(steps.values[step * count..<(step + 1) * count]), shape: shape)
}

/// The golden's `start.*`.
private final class Start: WeightSource {
    private let tensors: [String: Tensor]

    init(_ golden: Golden) {
        tensors = ["kernel", "matrix", "row"].reduce(into: [:]) { $0[$1] = golden["start.\($1)"] }
    }

    let name = "golden"
    var tensorNames: [String] { tensors.keys.sorted() }
    func shape(of name: String) -> [Int]? { tensors[name]?.shape }
    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let tensor = tensors[name], tensor.shape == shape else {
            throw WeightsError.missing(name: name, source: self.name, nearest: nil)
        }
        return tensor
    }
}
