import Tensors
import Testing
import Training

@Suite struct TrainingStateTests {
    @Test func sixStepsAreThreeAndThree() throws {
        var whole = SmallTraining()
        for _ in 0..<6 { try whole.step() }

        var first = SmallTraining()
        for _ in 0..<3 { try first.step() }
        // Whatever is not in the state differs.
        var second = SmallTraining(seed: 999)
        second.trainer.seeds = [:]
        try second.resume(from: first.trainer.state)
        #expect(second.trainer.step == 3)
        for _ in 0..<3 { try second.step() }
        #expect(second.bits == whole.bits)
        #expect(second.trainer.state.numbers == whole.trainer.state.numbers)
        #expect(second.trainer.losses == whole.trainer.losses)
        #expect(second.trainer.seeds["data"]?.position == 60)
    }

    /// A frozen part is not kept unless it was trained before.
    @Test func onlyWhatTrainingChangesIsKept() throws {
        var training = SmallTraining(frozen: NameRule(below: ["conv", "norm"]))
        try training.step()
        training.trainer.weights.freeze(NameRule(below: ["conv", "mlp.outer"]))
        try training.step()
        let state = training.trainer.state
        let names = state.tensors.keys.filter { $0.hasPrefix("parameter.") }.sorted()
        let trained = ["mlp.inner.bias", "mlp.inner.weight", "mlp.outer.bias", "mlp.outer.weight"]
        #expect(names == (trained + ["norm.bias", "norm.weight"]).map { "parameter.\($0)" })

        var other = SmallTraining(frozen: NameRule(below: ["conv", "mlp.outer"]))
        try other.resume(from: state)
        try other.step()
        try training.step()
        #expect(other.bits == training.bits)
    }

    /// It is refused before anything has changed, also where it fits itself.
    @Test func aStateOfAnotherNetworkIsRefused() throws {
        var training = SmallTraining(frozen: NameRule(below: ["norm"]))
        try training.step()
        var other = SmallTraining()
        try other.step()
        let bits = other.bits
        #expect(throws: WeightsError.missing(name: "norm.weight", source: "the checkpoint", nearest: nil)) {
            try other.resume(from: training.trainer.state)
        }
        var state = other.trainer.state
        for part in ["parameter", "first_moment", "second_moment", "average"] {
            state.tensors["\(part).norm.bias"] = .zeros([9])
        }
        let error = WeightsError.wrongShape(name: "norm.bias", expected: [8], found: [9], source: "the checkpoint")
        #expect(throws: error) { try other.resume(from: state) }
        #expect(other.bits == bits && other.trainer.step == 1)
        try other.step()
    }

    @Test func statesThatDoNotFitThemselvesAreRefused() throws {
        try refuses(.badNumbers(field: "step", found: nil)) { $0.numbers["step"] = nil }
        try refuses(.badNumbers(field: "step", found: [1, 2])) { $0.numbers["step"] = [1, 2] }
        try refuses(.badNumbers(field: "step", found: [.max])) { $0.numbers["step"] = [.max] }
        try refuses(.badNumbers(field: "seed.a", found: [7])) { $0.numbers["seed.a"] = [7] }
        try refuses(.badNumbers(field: "seed.a", found: [7, .max])) { $0.numbers["seed.a"] = [7, .max] }
        try refuses(.badNumbers(field: "seed.data", found: nil)) { $0.numbers["seed.data"] = nil }
        try refuses(.badNumbers(field: "average_updates", found: [])) { $0.numbers["average_updates"] = [] }
        try refuses(.badNumbers(field: "updates.norm.bias", found: nil)) { $0.numbers["updates.norm.bias"] = nil }
        try refuses(.missingTensor("losses")) { $0.tensors["losses"] = nil }
        try refuses(.missingTensor("losses")) { $0.tensors["losses"] = .zeros([3]) }
        try refuses(.strayTensor("x")) { $0.tensors["x"] = .zeros([1]) }
        try refuses(.strayTensor("average.x")) { $0.tensors["average.x"] = .zeros([1]) }
        try refuses(.strayTensor("first_moment.norm.bias")) { $0.tensors["first_moment.norm.bias"] = .zeros([8, 1]) }
        try refuses(.missingTensor("first_moment.norm.bias")) { $0.tensors["first_moment.norm.bias"] = nil }
        try refuses(.missingTensor("second_moment.norm.bias")) { $0.tensors["second_moment.norm.bias"] = nil }
        try refuses(.missingTensor("average.norm.bias")) { $0.tensors["average.norm.bias"] = nil }
    }

    /// A state that was changed so is refused for `fault`, and the training that should have gone on from it is as it was.
    private func refuses(
        _ fault: TrainingStateFault,
        sourceLocation: SourceLocation = #_sourceLocation,
        change: (inout TrainingState) -> Void
    ) throws {
        var training = SmallTraining()
        try training.step()
        var state = training.trainer.state
        try training.step()
        change(&state)
        let bits = training.bits
        #expect(throws: TrainingError.notResumable(fault), sourceLocation: sourceLocation) {
            try training.resume(from: state)
        }
        #expect(training.bits == bits && training.trainer.step == 2, sourceLocation: sourceLocation)
    }
}
