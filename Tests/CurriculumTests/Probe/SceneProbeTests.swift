import Curriculum
import Imaging
import Kernels
import Tensors
import Testing
import Training
import World

@Suite struct SceneProbeTests {
    private let micro = SceneProbe.Config(widths: [8, 8, 16, 16], depths: [1, 1, 1, 1])

    private func training(steps: Int, count: Int = 40, rate: Double = 3e-3) -> SceneProbeTraining {
        SceneProbeTraining(
            config: micro,
            pictures: WorldDataset(.base, seed: 3, count: count, people: .evaluationNet),
            seed: 9,
            steps: steps,
            batch: 8,
            rate: rate
        )
    }

    @Test func aTrainingResumesToTheSameBits() throws {
        var whole = training(steps: 3)
        while !whole.isDone { _ = try whole.step() }
        var first = training(steps: 3)
        _ = try first.step()
        var second = training(steps: 3)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        #expect(try second.result().mapValues(\.values) == whole.result().mapValues(\.values))
        let weights = Weights(GivenWeights(name: "probe", try whole.result()))
        _ = try SceneProbe(weights, config: micro)
        try weights.assertAllUsed()
    }

    /// Few pictures are soon known by heart, and read off as they are.
    @Test func aProbeLearnsWhatItIsShown() throws {
        var task = training(steps: 120, count: 6, rate: 1e-2)
        while !task.isDone { _ = try task.step() }
        let probe = try SceneProbe(Weights(GivenWeights(name: "probe", try task.result())), config: micro)
        let dataset = WorldDataset(.base, seed: 3, count: 6, people: .evaluationNet)
        let report = SceneProbeReport(probe, on: dataset)
        #expect(report.mean > 0.9, "\(report)")
        // What a caption in full says is there; what it does not say of another picture is not.
        let described = (0..<6).map { SceneDescription(dataset[$0].scene) }
        for (i, reading) in probe((0..<6).map { dataset[$0].bitmap }).enumerated() {
            #expect(
                reading.agreeing(with: described[i]).count >= SceneFactor.allCases.count { described[i][$0] != nil } - 2
            )
            #expect(abs(reading.similarity(to: reading) - 1) < 4e-7)
        }
    }

    /// Every value that a scene can show has a place, and what a style hides has none.
    @Test func factorsAreReadOffScenes() {
        var scene = FaceScene()
        (scene.style, scene.background, scene.backgroundColor) = (.photo, .plain, .teal)
        (scene.clothing, scene.clothingColor, scene.accessory) = (.hoodie, .red, .none)
        (scene.expression, scene.yaw, scene.scale, scene.light) = (.sad, 0.3, 1.1, .warm)
        #expect(
            SceneFactor.allCases.map { factor in factor.index(in: scene).map { factor.values[$0] } }
                == ["photo", "hoodie", "red", "plain", "teal", "sad", "none", "right", "close-up", "warm"]
        )
        scene.style = .pencilSketch
        scene.accessory = .hat
        #expect(SceneFactor.clothingColor.index(in: scene) == nil)
        #expect(SceneFactor.backgroundColor.index(in: scene) == nil)
        #expect(SceneFactor.background.index(in: scene) == nil)
        #expect(SceneFactor.accessory.index(in: scene).map { SceneFactor.accessory.values[$0] } == "hat")
    }

    /// Agreement counts named factors only, over all pictures.
    @Test func agreementIsTheShareOfWhatIsNamed() throws {
        let probe = try SceneProbe(Weights(FreshWeights(name: "probe", seed: 4)), config: micro)
        var random = TorchRandomSource(seed: 1)
        let pictures = random.normal([3, 3, 64, 64])
        let readings = probe(pictures)
        for reading in readings {
            for factor in SceneFactor.allCases {
                let sum = reading.probabilities[factor]?.reduce(0, +) ?? 0
                #expect(abs(sum - 1) < 4e-7)
                #expect(reading.probabilities[factor]?.count == factor.values.count)
            }
        }
        var prompt = SceneDescription()
        #expect(probe.agreement(with: prompt, pictures) == nil)
        prompt.style = FaceStyle(rawValue: readings[0][.style])
        let expected = Double(readings.count { $0[.style] == readings[0][.style] }) / 3
        #expect(probe.agreement(with: prompt, pictures) == expected)
        // A second factor that none of them shows halves it.
        let seen = Set(readings.map { $0[.view] })
        guard let unseen = View.allCases.first(where: { !seen.contains($0.rawValue) }) else { return }
        prompt.view = unseen
        #expect(probe.agreement(with: prompt, pictures) == expected / 2)
    }

    @Test func augmentationKeepsThePictureAndDependsOnItsSourceAlone() {
        let pixels = WorldDataset(.base, seed: 5, count: 1)[0].bitmap.pixels
        let plain = pixels.map { Float($0) / 127.5 - 1 }
        let augmentation = PictureAugmentation()
        func change(_ seed: UInt64) -> [Float] {
            var random = TorchRandomSource(seed: seed)
            return augmentation(pixels, side: 64, &random)
        }
        #expect(change(1) == change(1))
        #expect(change(1) != change(2))
        for seed in 0..<8 {
            let gaps = zip(change(UInt64(seed)), plain).map { abs($0 - $1) }
            let mean = gaps.reduce(0, +) / Float(gaps.count)
            #expect(mean > 0.001 && mean < 0.15, "\(mean)")
        }
    }
}
