import Curriculum
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing
import Training

@Suite struct VisionTowerTrainingTests {
    private let golden = Golden("tower.safetensors", recognitionTests)

    /// The loss of a batch and the gradient of every parameter, of the tower and of what reads traits.
    @Test func gradientsOfABatch() throws {
        let weights = TrainableWeights(name: "golden", from: golden.file, seed: nil)
        let config = EVAVisionTransformer.Config(
            imageSize: 18,
            patchSize: 6,
            width: 12,
            depth: 9,
            heads: 3,
            mlpWidth: golden["model.visual.blocks.0.mlp.w1.weight"].shape[0],
            outputWidth: 10
        )
        let network = try TraitReadingTower(Weights(weights) / "model", config: config, traits: 6)
        let seen = network.tower(golden["images"])
        let contrast = SupervisedContrast()(seen.embedding).total
        let loss = contrast + network.traitLoss(seen, of: golden["traits"]) * 2
        assertClose(loss, golden["loss"].reshaped([1]), relative: 4e-7, "loss")
        let trained = weights.trained
        for ((name, _), gradient) in zip(trained, gradients(of: loss, for: trained.map(\.leaf))) {
            assertClose(gradient, golden[name.replacing("model.", with: "gradient.", maxReplacements: 1)], name)
        }
        #expect(trained.count == golden.file.tensorNames.count { $0.hasPrefix("gradient.") })
    }

    private func training(steps: Int) -> VisionTowerTraining {
        VisionTowerTraining(
            config: EVAVisionTransformer.Config(
                imageSize: 16,
                patchSize: 8,
                width: 16,
                depth: 3,
                heads: 2,
                mlpWidth: 20,
                outputWidth: 8,
                hiddenStateBlocks: [1, 2]
            ),
            people: .gallery,
            picturesEach: 2,
            seed: 3,
            steps: steps,
            peopleAtATime: 6
        )
    }

    @Test func learnsAndResumesToTheSameBits() throws {
        var whole = training(steps: 30)
        var losses: [Float] = []
        while !whole.isDone { losses.append(try whole.step().loss) }
        #expect(losses[25...].reduce(0, +) < 0.95 * losses[..<5].reduce(0, +))

        var first = training(steps: 30)
        for _ in 0..<11 { _ = try first.step() }
        var second = training(steps: 30)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        let result = try whole.result()
        #expect(try second.result().mapValues(\.values) == result.mapValues(\.values))

        // What comes out is a tower as it stands in a file, without what reads traits.
        let metadata = ["heads": "2", "hidden_state_blocks": "1,2"]
        let tower = try EVAVisionTransformer(
            checkpoint: Weights(GivenWeights(name: "result", result)),
            metadata: metadata
        )
        #expect(tower.config == whole.config)
    }
}
