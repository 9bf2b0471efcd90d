import Checkpoints
import Foundation
import Tensors
import Testing
import Training

@Suite struct CheckpointTests {
    @Test func sixStepsAreThreeAndThree() throws {
        var whole = SmallTraining()
        for _ in 0..<6 { try whole.step() }

        var first = SmallTraining()
        for _ in 0..<3 { try first.step() }
        // Whatever is not in the file differs.
        var second = SmallTraining(seed: 999)
        second.trainer.seeds = [:]
        let (expected, found) = try withFile { path in
            try first.trainer.save(to: path)
            try second.trainer.resume(from: path)
            #expect(second.trainer.step == 3)
            for _ in 0..<3 { try second.step() }
            try whole.trainer.save(to: path)
            let expected = try Data(contentsOf: URL(fileURLWithPath: path))
            try second.trainer.save(to: path)
            return (expected, try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        #expect(found == expected)
        #expect(second.bits == whole.bits)
        #expect(second.trainer.seeds["data"]?.position == 60)
    }

    /// A frozen part is not stored unless it was trained before.
    @Test func onlyWhatTrainingChangesIsStored() throws {
        var training = SmallTraining(frozen: NameRule(below: ["conv", "norm"]))
        try training.step()
        training.trainer.weights.freeze(NameRule(below: ["conv", "mlp.outer"]))
        try training.step()
        try withFile { path in
            try training.trainer.save(to: path)
            let names = try SafetensorsFile(path: path).tensorNames.filter { $0.hasPrefix("parameter.") }
            let trained = ["mlp.inner.bias", "mlp.inner.weight", "mlp.outer.bias", "mlp.outer.weight"]
            #expect(names == (trained + ["norm.bias", "norm.weight"]).map { "parameter.\($0)" })

            var other = SmallTraining(frozen: NameRule(below: ["conv", "mlp.outer"]))
            try other.trainer.resume(from: path)
            try other.step()
            try training.step()
            #expect(other.bits == training.bits)
        }
    }

    @Test func aCheckpointOfAnotherNetworkIsRefused() throws {
        var training = SmallTraining(frozen: NameRule(below: ["norm"]))
        try training.step()
        try withFile { path in
            try training.trainer.save(to: path)
            var other = SmallTraining()
            try other.trainer.resume(from: path)
            #expect(throws: WeightsError.missing(name: "norm.weight", source: path, nearest: nil)) { try other.step() }
        }
    }

    @Test func filesThatAreNoCheckpointAreRefused() throws {
        let good = [
            "format": "pulid-run training 2", "step": "2", "average_updates": "2", "seed.data": "7 2",
            "seed.unused": "8 0",
        ]
        let x = Tensor([1, 2], shape: [2])
        try refuses([:], [:], .otherFormat(found: nil))
        try refuses(["format": "pulid-run training 0"], [:], .otherFormat(found: "pulid-run training 0"))
        try refuses(good.merging(["step": "-1"]) { $1 }, [:], .badNumber(field: "step", found: "-1"))
        try refuses(good.merging(["seed.a": "7"]) { $1 }, [:], .badNumber(field: "seed.a", found: "7"))
        try refuses(good.merging(["seed.a": "7 -2"]) { $1 }, [:], .badNumber(field: "seed.a", found: "7 -2"))
        try refuses(
            good.merging(["average_updates": "many"]) { $1 },
            [:],
            .badNumber(field: "average_updates", found: "many")
        )
        try refuses(good.filter { $0.key != "seed.data" }, [:], .badNumber(field: "seed.data", found: nil))
        try refuses(good, ["losses": .zeros([3])], .missingTensor("losses"))
        try refuses(good, ["x": x], .strayTensor("x"))
        try refuses(good, ["average.x": x], .strayTensor("average.x"))
        try refuses(
            good,
            ["parameter.x": x, "first_moment.x": x.reshaped([2, 1])],
            .strayTensor("first_moment.x")
        )
        try refuses(good, ["parameter.x": x, "first_moment.x": x], .missingTensor("second_moment.x"))
        let count = Tensor([1.5], shape: [1])
        try refuses(
            good,
            ["parameter.x": x, "first_moment.x": x, "second_moment.x": x, "updates.x": count],
            .badNumber(field: "updates.x", found: "1.5")
        )
    }

    /// The file is refused for `fault`, and the training that should have gone on from it is as it was.
    private func refuses(
        _ metadata: [String: String],
        _ tensors: [String: Tensor],
        _ fault: CheckpointFault,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try withFile { path in
            var writer = SafetensorsWriter(metadata: metadata)
            writer.add(["losses": Tensor.zeros([2])].merging(tensors) { $1 })
            try writer.write(to: path)
            var training = SmallTraining()
            try training.step()
            let bits = training.bits
            #expect(throws: TrainingError.notACheckpoint(file: path, fault: fault), sourceLocation: sourceLocation) {
                try training.trainer.resume(from: path)
            }
            #expect(training.bits == bits && training.trainer.step == 1, sourceLocation: sourceLocation)
        }
    }
}
