import Tensors
import Testing
import Training

@Suite struct TrainableWeightsTests {
    @Test func parametersStartAsFreshOnesOrAsTheOrigin() throws {
        let origin = FreshWeights(name: "base", seed: 1)
        let base = try origin.tensor("a.weight", shape: [2, 3], initial: .normal(deviation: 1))
        let weights = TrainableWeights(name: "new", from: origin, seed: 2)
        let a = try weights.tensor("a.weight", shape: [2, 3], initial: .zeros)
        #expect(a.values == base.values)
        let fresh = try FreshWeights(name: "other", seed: 2).tensor("b", shape: [40], initial: .uniform(bound: 1))
        let b = try weights.tensor("b", shape: [40], initial: .uniform(bound: 1))
        #expect(b.values == fresh.values)
        #expect(try weights.tensor("slope", shape: [2], initial: .constant(0.25)).values == [0.25, 0.25])
        #expect(weights.trained.map(\.name) == ["a.weight", "b", "slope"])
        #expect(gradients(of: a * 3, for: [weights.trained[0].leaf])[0].values == Array(repeating: 3, count: 6))
    }

    @Test func everyRequestGetsTheSameLeafUntilAnUpdate() throws {
        let weights = TrainableWeights(name: "new", seed: 2)
        let one = try weights.tensor("x", shape: [1], initial: .ones)
        let two = try weights.tensor("x", shape: [1], initial: .zeros)
        #expect(gradients(of: one * two, for: [weights.trained[0].leaf])[0].values == [2])
        weights.update(["x": Tensor([5], shape: [1])])
        #expect(one.values == [1])
        #expect(try weights.tensor("x", shape: [1], initial: .ones).values == [5])
    }

    @Test func statisticsAreNeverTrained() throws {
        let weights = TrainableWeights(name: "new", seed: 2)
        _ = try BatchNorm(Weights(weights) / "norm", channels: 3)
        #expect(weights.trained.map(\.name) == ["norm.bias", "norm.weight"])
    }

    @Test func whatIsMissingOrOfAnotherShapeIsAnError() throws {
        let origin = FreshWeights(name: "base", seed: 1)
        _ = try origin.tensor("x", shape: [3], initial: .ones)
        let weights = TrainableWeights(name: "new", from: origin, seed: 4)
        #expect(throws: WeightsError.wrongShape(name: "x", expected: [4], found: [3], source: "base")) {
            try weights.tensor("x", shape: [4], initial: .ones)
        }
        _ = try weights.tensor("y", shape: [2], initial: .ones)
        #expect(throws: WeightsError.wrongShape(name: "y", expected: [5], found: [2], source: "new")) {
            try weights.tensor("y", shape: [5], initial: .ones)
        }
        let empty = TrainableWeights(name: "empty", seed: nil)
        #expect(throws: WeightsError.missing(name: "x", source: "empty", nearest: nil)) {
            try empty.tensor("x", shape: [1], initial: .ones)
        }
    }
}
